import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type RunningServer, startServer } from './server.ts';

/** A zone's name, and the lines of its file without SOA and NS. */
export interface Zone {
  readonly name: string;
  readonly records: readonly string[];
  /** Seconds that a record lives; 60 unless told. */
  readonly ttl?: number;
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
      for (const [index, zone] of zones.entries())
        writeFileSync(join(folder, `zone${index}`), zoneFile(zone));
      const file = join(folder, 'named.conf');
      writeFileSync(file, configuration(folder, port, zones));
      spawnSync('chown', ['-R', 'bind:bind', folder]);
      const args = ['-g', '-n', '1', '-u', 'bind', '-c', file];
      return { command: '/usr/sbin/named', args };
    },
  });
}

/** The text of a zone's file, which stands as `zoneN` in the server's folder.
 *  @param serial  of a changed one a larger number than before */
export function zoneFile(
  { records, ttl = 60 }: Omit<Zone, 'name'>,
  serial = 1,
): string {
  return `$TTL ${ttl}\n@ SOA ns host ${serial} 60 60 60 ${ttl}\n@ NS ns.lab.test.\n${records.join('\n')}\n`;
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
