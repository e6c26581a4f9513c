import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { type ReceivedMail, readDump } from '../../support/received-mail.ts';
import { startServer } from './server.ts';

/** A mail server that keeps what it gets. */
export interface SmtpSink {
  /** An address of loopback that is its own, so that port 25 is free on it. */
  readonly host: string;
  /** What it has got so far. */
  mails(): readonly ReceivedMail[];
  /** Waits for that many mails. @throws after 30 s */
  got(count: number): Promise<readonly ReceivedMail[]>;
}

/** Postfix's smtp-sink until the test ends, on port 25; needs smtp-sink, root.
 *  @param options  of smtp-sink(1): what it refuses, delays or cuts off */
export async function startSmtpSink(
  t: Pick<Test, 'teardown'>,
  options: readonly string[] = [],
  host = ownAddress(),
): Promise<SmtpSink> {
  const { folder, said } = await startServer(t, {
    name: 'smtp-sink',
    ports: 0,
    prepare(folder) {
      chmodSync(folder, 0o777); // it leaves root behind
      const place = ['-u', 'nobody', '-D', join(folder, 'dump'), `${host}:25`, '100'];
      return { command: '/usr/sbin/smtp-sink', args: [...options, ...place] };
    },
  });
  await answers(host, said);
  const mails = () => {
    const file = join(folder, 'dump');
    return existsSync(file) ? readDump(readFileSync(file, 'utf8')) : [];
  };
  return {
    host,
    mails,
    async got(count) {
      const deadline = performance.now() + 30_000;
      while (mails().length < count) {
        if (performance.now() > deadline)
          throw new Error(`${mails().length} mails, waited for ${count}`);
        await sleep(20);
      }
      return mails();
    },
  };
}

/** One of the 16 million addresses of loopback. */
export function ownAddress(): string {
  const part = () => 1 + Math.floor(Math.random() * 253);
  return `127.${part()}.${part()}.${part()}`;
}

async function answers(host: string, said: () => string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const socket = connect({ host, port: 25 });
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await sleep(20);
  }
  throw new Error(`smtp-sink does not answer: ${said()}`);
}
