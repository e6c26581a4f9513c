import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { testAuthority } from '../../support/certificates.ts';
import { startServer } from './server.ts';

export interface Dovecot {
  readonly imap: number;
  readonly imaps: number;
  readonly pop: number;
  readonly pops: number;
  /** The authority of its certificate. */
  readonly tlsCa: string;
  /** What it has logged so far. */
  log(): string;
}

export interface DovecotOptions {
  /** Password by user; no colon in a user's name. */
  readonly users: Readonly<Record<string, string>>;
  /** The name in its certificate; default `mail.example.com`. */
  readonly host?: string;
  /** More lines of its configuration. */
  readonly settings?: string;
}

const NOBODY = 65_534;

/** Debian's Dovecot until the test ends, with users of its own; needs dovecot, openssl, root. */
export async function startDovecot(
  t: Pick<Test, 'teardown'>,
  { users, host = 'mail.example.com', settings = '' }: DovecotOptions,
): Promise<Dovecot> {
  const { folder, ports, said } = await startServer(t, {
    name: 'dovecot',
    ports: 4,
    prepare(folder, [imap = 0, imaps = 0, pop = 0, pops = 0]) {
      const { key, cert } = testAuthority(folder).issue(host);
      write('key', key);
      write('cert', cert);
      write('users', Object.entries(users).map(userLine).join(''));
      mkdirSync(join(folder, 'mail'));
      chownSync(join(folder, 'mail'), NOBODY, NOBODY);
      write(
        'conf',
        `${common(folder)}
${listener('imap', 'imap', imap, imaps)}
${listener('pop3', 'pop3', pop, pops)}
${settings}
`,
      );
      return { command: '/usr/sbin/dovecot', args: ['-F', '-c', join(folder, 'conf')] };

      function write(name: string, text: string) {
        writeFileSync(join(folder, name), text);
      }
    },
  });
  const [imap = 0, imaps = 0, pop = 0, pops = 0] = ports;
  return { imap, imaps, pop, pops, tlsCa: join(folder, 'ca.pem'), log: said };
}

/** The password in hex, so that it may hold anything. */
function userLine([name, password]: [string, string]): string {
  return `${name}:{PLAIN.HEX}${Buffer.from(password).toString('hex')}\n`;
}

function common(folder: string): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = /dev/stderr
protocols = imap pop3
listen = 127.0.0.1, ::1
ssl = yes
ssl_cert = <${folder}/cert
ssl_key = <${folder}/key
auth_failure_delay = 0
auth_verbose = yes
service anvil {
  # Else a failed login makes the next one wait, whoever makes it.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
auth_username_chars =
mail_location = maildir:~/Maildir
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = static
  args = uid=${NOBODY} gid=${NOBODY} home=${folder}/mail/home allow_all_users=yes
}
first_valid_uid = 1
first_valid_gid = 1
`;
}

function listener(service: string, name: string, plain: number, tls: number): string {
  return `
service ${service}-login {
  inet_listener ${name} {
    port = ${plain}
  }
  inet_listener ${name}s {
    port = ${tls}
    ssl = yes
  }
}
`;
}
