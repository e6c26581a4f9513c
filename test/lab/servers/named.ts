import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type RunningServer, startServer } from './server.ts';

/** A zone's name, and the lines of its file without SOA and NS. */
export interface Zone {
  readonly name: string;
  readonly records: readonly string[];
}

/** Debian's bind9 until the test ends, on UDP and TCP; needs named, root. It knows these zones,
 *  asks nobody else, and refuses every other name.
 *  @returns its port */
export async function startNamed(
  t: Pick<Test, 'teardown'>,
  zones: readonly Zone[],
): Promise<number> {
  return (await runNamed(t, zones)).ports[0] ?? 0;
}

/** The same, for a test that ends it. */
export function runNamed(
  t: Pick<Test, 'teardown'>,
  zones: readonly Zone[],
): Promise<RunningServer> {
  return startServer(t, {
    name: 'named',
    ports: 1,
    prepare(folder, [port = 0]) {
      for (const [index, { records }] of zones.entries())
        writeFileSync(join(folder, `zone${index}`), zoneFile(records));
      const file = join(folder, 'named.conf');
      writeFileSync(file, configuration(folder, port, zones));
      spawnSync('chown', ['-R', 'bind:bind', folder]);
      const args = ['-g', '-n', '1', '-u', 'bind', '-c', file];
      return { command: '/usr/sbin/named', args };
    },
  });
}

function zoneFile(records: readonly string[]): string {
  return `$TTL 60\n@ SOA ns host 1 60 60 60 60\n@ NS ns.lab.test.\n${records.join('\n')}\n`;
}

function configuration(folder: string, port: number, zones: readonly Zone[]): string {
  const sections = zones.map(
    ({ name }, index) => `zone "${name}" { type primary; file "zone${index}"; };`,
  );
  return `
options {
  directory "${folder}";
  managed-keys-directory "${folder}";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 port ${port} { ::1; };
  pid-file none;
  session-keyfile none;
  recursion no;
  notify no;
  dnssec-validation no;
};
controls { };
${sections.join('\n')}
`;
}
