import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startServer } from './server.ts';

/** A database, at 127.0.0.1 and ::1. */
export interface DatabaseServer {
  readonly port: number;
  /** What it has written to its log. */
  log(): string;
}

/** Debian's MariaDB; its `root` comes from nowhere but its socket. Needs root.
 *  @param statements  executed before it serves, a line each */
export async function startMariadb(
  t: Test,
  statements: readonly string[],
): Promise<DatabaseServer> {
  const { ports, said } = await startServer(t, {
    name: 'mariadb',
    ports: 1,
    prepare: (folder, [port]) => ({
      command: '/usr/sbin/mariadbd',
      args: [...install(folder, statements), `--port=${port}`],
    }),
  });
  if (said().includes('[ERROR]')) throw new Error(said());
  return { port: ports[0] ?? 0, log: said };
}

/** @returns the options to serve with */
function install(folder: string, statements: readonly string[]): readonly string[] {
  const data = join(folder, 'data');
  const init = join(folder, 'init.sql');
  writeFileSync(init, statements.map((line) => `${line};\n`).join(''));
  const common = ['--no-defaults', `--datadir=${data}`, '--user=mysql'];
  const socket = '--auth-root-authentication-method=socket';
  execFileSync('/usr/bin/mariadb-install-db', [...common, '--skip-test-db', socket], {
    stdio: 'pipe',
  });
  return [
    ...[...common, `--init-file=${init}`, '--bind-address=127.0.0.1,::1'],
    ...[`--socket=${data}/socket`, `--pid-file=${data}/pid`],
    ...['--skip-name-resolve', '--innodb-buffer-pool-size=8M'],
    // Says in the log which connections were not ended as they should be.
    '--log-warnings=2',
  ];
}
