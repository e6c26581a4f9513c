import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version that package.json states. */
export function version(): string {
  // From the source tree and from dist/ the way up has different lengths.
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  const manifest: unknown = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const found =
    typeof manifest === 'object' && manifest && 'version' in manifest
      ? manifest.version
      : undefined;
  return String(found);
}
