import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../packaging/root/', import.meta.url));

/** Where a file of the Debian package is in the sources. */
export function packaged(path: string): string {
  return ROOT + path;
}

/** A copy of a script of the package that calls another program in the place of /usr/sbin/l4director, and looks
 *  in another runtime directory than /var/run. */
export function copyOf(
  path: string,
  to: string,
  program: string,
  runtimeDir = '/var/run',
): string {
  const text = readFileSync(packaged(path), 'utf8');
  const own = text
    .replaceAll('/usr/sbin/l4director', program)
    .replace('RUN=/var/run', `RUN=${runtimeDir}`);
  writeFileSync(to, own, { mode: 0o755 });
  return to;
}
