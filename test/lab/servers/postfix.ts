import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { testAuthority } from '../../support/certificates.ts';
import { mainFile, own } from './postfix-files.ts';
import { startServer } from './server.ts';

export interface Postfix {
  /** As on port 25. */
  readonly smtp: number;
  /** As on port 587: mail only after STARTTLS. */
  readonly submission: number;
  /** Turns every client away in its banner. */
  readonly closed: number;
  /** Refuses EHLO and HELO. */
  readonly deaf: number;
  /** What it has logged so far. */
  log(): string;
}

/** Debian's Postfix until the test ends, with a queue of its own, taking no mail; needs
 *  postfix, openssl, root. */
export async function startPostfix(t: Pick<Test, 'teardown'>): Promise<Postfix> {
  const { folder, ports } = await startServer(t, {
    name: 'postfix',
    ports: 4,
    prepare(folder, ports) {
      const conf = join(folder, 'conf');
      const { key, cert } = testAuthority(folder).issue('mail.example.com');
      mkdirSync(conf);
      writeFileSync(join(conf, 'chain'), `${key}${cert}`);
      writeFileSync(join(conf, 'main.cf'), mainFile(folder, REFUSING));
      writeFileSync(join(conf, 'master.cf'), masterFile(ports));
      own(folder, '700', 'data', 'queue/private');
      own(folder, '710', 'queue/public');
      mkdirSync(join(folder, 'queue/pid'));
      // What `postfix start-fg` comes down to, which puts a shell in between.
      return {
        command: '/usr/lib/postfix/sbin/master',
        args: ['-s'],
        env: { MAIL_CONFIG: conf },
      };
    },
  });
  const [smtp = 0, submission = 0, closed = 0, deaf = 0] = ports;
  return { smtp, submission, closed, deaf, log };

  function log() {
    return readFileSync(join(folder, 'data/log'), 'utf8');
  }
}

const REFUSING = ['smtpd_recipient_restrictions = reject', 'smtpd_delay_reject = no'];

function masterFile(ports: readonly number[]): string {
  const options = [
    '',
    '-o smtpd_tls_security_level=encrypt',
    '-o smtpd_client_restrictions=reject',
    '-o smtpd_helo_restrictions=reject',
  ];
  const listeners = ports.flatMap((port, index) =>
    ['127.0.0.1', '[::1]'].map(
      (address) => `${address}:${port} inet n - n - - smtpd ${options[index] ?? ''}`,
    ),
  );
  return `${[
    ...listeners,
    'rewrite unix - - n - - trivial-rewrite',
    'proxymap unix - - n - - proxymap',
    'anvil unix - - n - 1 anvil',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'postlog unix-dgram n - n - 1 postlogd',
  ].join('\n')}\n`;
}
