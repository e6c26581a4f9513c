import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { testAuthority } from '../../support/certificates.ts';
import { type ReceivedMail, readMessage } from '../../support/received-mail.ts';
import { mainFile, own } from './postfix-files.ts';
import { startServer } from './server.ts';

/** A Postfix that delivers mail for example.com into one mailbox. */
export interface Mailbox {
  readonly port: number;
  /** A program that hands mail to it as /usr/sbin/sendmail does. */
  readonly sendmail: string;
  /** Waits for that many mails. @throws after 30 s */
  got(count: number): Promise<readonly Pick<ReceivedMail, 'headers' | 'body'>[]>;
}

/** Debian's Postfix until the test ends; needs postfix, openssl, root. It offers STARTTLS with a
 *  certificate that nobody knows, as Debian's own does. */
export async function startMailbox(t: Pick<Test, 'teardown'>): Promise<Mailbox> {
  const { folder, ports, said } = await startServer(t, {
    name: 'mailbox',
    ports: 1,
    prepare(folder, [port = 0]) {
      const conf = join(folder, 'conf');
      const { key, cert } = testAuthority(folder, 'Nobody knows').issue(
        'mail.example.com',
      );
      mkdirSync(conf);
      writeFileSync(join(conf, 'chain'), `${key}${cert}`);
      writeFileSync(join(conf, 'main.cf'), mainFile(folder, delivering(folder)));
      writeFileSync(join(conf, 'master.cf'), masterFile(port));
      writeFileSync(
        join(folder, 'sendmail'),
        `#!/bin/sh\nMAIL_CONFIG=${conf} exec /usr/sbin/sendmail "$@"\n`,
        { mode: 0o755 },
      );
      own(folder, '700', 'data', 'queue/private', ...QUEUES);
      own(folder, '710', 'queue/public');
      own(folder, '730', 'queue/maildrop');
      own(folder, '700', 'mail');
      mkdirSync(join(folder, 'queue/pid'));
      const env = { MAIL_CONFIG: conf };
      return { command: '/usr/lib/postfix/sbin/master', args: ['-s'], env };
    },
  });
  const [port = 0] = ports;
  const inbox = join(folder, 'mail/box/new');
  const mails = () =>
    (existsSync(inbox) ? readdirSync(inbox) : []).map((name) =>
      readMessage(readFileSync(join(inbox, name), 'utf8')),
    );
  return {
    port,
    sendmail: join(folder, 'sendmail'),
    async got(count) {
      const deadline = performance.now() + 30_000;
      while (mails().length < count) {
        if (performance.now() > deadline) {
          const log = readFileSync(join(folder, 'data/log'), 'utf8');
          throw new Error(
            `${mails().length} mails, waited for ${count}: ${said()}${log}`,
          );
        }
        await sleep(20);
      }
      return mails();
    },
  };
}

const QUEUES = [
  'active',
  'bounce',
  'corrupt',
  'defer',
  'deferred',
  'flush',
  'hold',
  'incoming',
  'saved',
  'trace',
].map((name) => `queue/${name}`);

function delivering(folder: string): readonly string[] {
  return [
    'virtual_mailbox_domains = example.com',
    'virtual_mailbox_maps = static:box/',
    `virtual_mailbox_base = ${folder}/mail`,
    `virtual_uid_maps = static:${id('u')}`,
    `virtual_gid_maps = static:${id('g')}`,
    'smtpd_recipient_restrictions = permit_auth_destination, reject',
    'smtpd_tls_security_level = may',
    'smtpd_tls_received_header = yes',
  ];
}

function id(which: 'u' | 'g'): string {
  return execFileSync('id', [`-${which}`, 'postfix'], { encoding: 'utf8' }).trim();
}

function masterFile(port: number): string {
  return `${[
    ...['127.0.0.1', '[::1]'].map(
      (address) => `${address}:${port} inet n - n - - smtpd`,
    ),
    'pickup unix n - n 1 1 pickup',
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'virtual unix - n n - - virtual',
    'proxymap unix - - n - - proxymap',
    'anvil unix - - n - 1 anvil',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'postlog unix-dgram n - n - 1 postlogd',
  ].join('\n')}\n`;
}
