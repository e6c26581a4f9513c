import { execFileSync } from 'node:child_process';
import { chownSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { KeyPair } from '../../support/certificates.ts';
import type { DatabaseServer } from './mariadb.ts';
import { startServer } from './server.ts';

const VERSIONS = '/usr/lib/postgresql';
const AS_POSTGRES = ['--reuid=postgres', '--regid=postgres', '--clear-groups'];

export interface PostgresqlOptions {
  /** Lines of pg_hba.conf. */
  readonly access: readonly string[];
  /** Executed before it serves. */
  readonly statements: readonly string[];
  /** The same, each in the database of that name. */
  readonly inDatabase?: Readonly<Record<string, readonly string[]>>;
  /** Absent: no TLS. */
  readonly tls?: KeyPair;
}

/** Debian's PostgreSQL, the newest installed. Needs root, to run as another. */
export async function startPostgresql(
  t: Test,
  options: PostgresqlOptions,
): Promise<DatabaseServer> {
  const { ports, said } = await startServer(t, {
    name: 'postgresql',
    ports: 1,
    // At SIGTERM it would wait for queries that run.
    ending: 'SIGINT',
    prepare: (folder, [port]) => {
      const settings = Object.entries(install(folder, options)).flatMap(
        ([name, value]) => ['-c', `${name}=${value}`],
      );
      const args = ['-D', join(folder, 'data'), '-p', String(port), ...settings];
      return {
        command: 'setpriv',
        args: [...AS_POSTGRES, program('postgres'), ...args],
      };
    },
  });
  // It accepts connections before it serves.
  while (!said().includes('ready to accept connections')) await sleep(20);
  return { port: ports[0] ?? 0, log: said };
}

/** @returns the settings to serve with */
function install(
  folder: string,
  { access, statements, inDatabase = {}, tls }: PostgresqlOptions,
): Readonly<Record<string, string>> {
  const data = join(folder, 'data');
  const run = (name: string, args: readonly string[], input = '') =>
    execFileSync('setpriv', [...AS_POSTGRES, program(name), ...args], {
      cwd: '/',
      env: { ...process.env, PGDATA: data },
      input,
      stdio: 'pipe',
    });
  execFileSync('install', ['-d', '-o', 'postgres', data]);
  const own = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    chownSync(file, statSync(data).uid, -1);
    return file;
  };
  run('initdb', ['-A', 'reject', '-U', 'postgres', '-N']);
  for (const [name, own] of Object.entries({ postgres: statements, ...inDatabase }))
    run('postgres', ['--single', name], lines(own));
  return {
    listen_addresses: '127.0.0.1,::1',
    unix_socket_directories: '',
    hba_file: own('hba', lines(access)),
    fsync: 'off',
    ...(tls && {
      ssl: 'on',
      ssl_cert_file: own('cert', tls.cert),
      ssl_key_file: own('key', tls.key),
    }),
  };
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

function program(name: string): string {
  const versions = readdirSync(VERSIONS).sort((a, b) => Number(a) - Number(b));
  return join(VERSIONS, versions.at(-1) ?? '', 'bin', name);
}
