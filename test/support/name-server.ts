import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { runNamed, zoneFile } from '../lab/servers/named.ts';

/** Debian's bind9 with the zone lab.test, whose records a test changes; needs named, root. */
export interface NameServer {
  readonly port: number;
  /** From now on these are its records: `www 1 A 127.0.0.2`. */
  serve(records: readonly string[]): void;
  /** It answers nothing any more, and goes on when it is told to. */
  tell(signal: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
}

/** Ends with the test. */
export async function startNameServer(
  t: Pick<Test, 'teardown'>,
  records: readonly string[],
): Promise<NameServer> {
  const zone = (records: readonly string[]) => ({
    records: ['ns A 127.0.0.1', ...records],
    ttl: 1,
  });
  const server = await runNamed(t, [{ name: 'lab.test', ...zone(records) }]);
  let serial = 1;
  return {
    port: server.ports[0] ?? 0,
    serve(records) {
      writeFileSync(join(server.folder, 'zone0'), zoneFile(zone(records), ++serial));
      server.tell('SIGHUP');
    },
    tell: server.tell,
    kill: server.kill,
  };
}
