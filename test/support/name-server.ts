import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startServer } from '../lab/servers/server.ts';

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
  let serial = 1;
  const write = (folder: string, records: readonly string[]) =>
    writeFileSync(join(folder, 'zone'), zoneFile(serial++, records));
  const server = await startServer(t, {
    name: 'named',
    ports: 1,
    prepare(folder, [port = 0]) {
      write(folder, records);
      const file = join(folder, 'named.conf');
      writeFileSync(file, configuration(folder, port));
      spawnSync('chown', ['-R', 'bind:bind', folder]);
      const args = ['-g', '-n', '1', '-u', 'bind', '-c', file];
      return { command: '/usr/sbin/named', args };
    },
  });
  return {
    port: server.ports[0] ?? 0,
    serve(records) {
      write(server.folder, records);
      server.tell('SIGHUP');
    },
    tell: server.tell,
    kill: server.kill,
  };
}

function zoneFile(serial: number, records: readonly string[]): string {
  return `$TTL 1\n@ SOA ns host ${serial} 60 60 60 1\n@ NS ns.lab.test.\nns A 127.0.0.1\n${records.join('\n')}\n`;
}

function configuration(folder: string, port: number): string {
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
zone "lab.test" { type primary; file "zone"; };
`;
}
