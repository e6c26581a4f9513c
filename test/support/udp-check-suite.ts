import { createSocket } from 'node:dgram';
import type { Test } from 'tap';
import type { CheckTarget } from '../../lib/model/check.ts';
import { checkOnce } from './check-target.ts';
import { freeUdpPort, rawUdpServer } from './raw-udp-server.ts';

export interface UdpCheckSuiteOptions {
  /** What is checked at that UDP port of 127.0.0.1; the suite sets time-outs, login, password
   *  and secret. */
  readonly target: (port: number) => CheckTarget;
  /** The answer that makes it up.
   *  @param question  the datagram that came
   *  @param secret    the shared secret in force */
  readonly answer: (question: Buffer, secret: string) => Uint8Array | string;
}

const SECRET = 'shared-word';
const SECRETS = { login: 'scott', passwd: 'tiger-striped', secret: SECRET } as const;

/** What holds for every check that asks over UDP. */
export function udpCheckSuite(t: Test, options: UdpCheckSuiteOptions): void {
  const target = (port: number, timeoutMs = 60_000): CheckTarget => ({
    ...options.target(port),
    ...SECRETS,
    checktimeoutMs: timeoutMs,
    negotiatetimeoutMs: timeoutMs,
  });
  const answer = (question: Buffer) => options.answer(question, SECRET);

  t.test('a right answer is up, and the socket is closed', async (t) => {
    const server = await rawUdpServer(t, (question, reply) => reply(answer(question)));
    const { up, message } = await checkOnce(target(server.port));
    t.equal(up, true, message);
    t.ok(await server.idle());
  });

  t.test(
    'a port where nobody listens is down at once, with errno and peer',
    async (t) => {
      const port = await freeUdpPort();
      const { up, message } = await checkOnce(target(port));
      t.equal(up, false);
      t.match(message, 'ECONNREFUSED');
      t.match(message, `127.0.0.1:${port}`);
    },
  );

  t.test('a silent server is down at the time-out', async (t) => {
    const server = await rawUdpServer(t, () => {});
    const { up, message } = await checkOnce(target(server.port, 300));
    t.equal(up, false);
    t.match(message, /no answer within 0\.3 s/);
    t.ok(await server.idle());
  });

  t.test('a question that is lost is asked again', async (t) => {
    const server = await rawUdpServer(t, (question, reply) => {
      if (server.received.length > 1) reply(answer(question));
    });
    const { up, message } = await checkOnce(target(server.port));
    t.equal(up, true, message);
  });

  t.test('an answer from another port is none', async (t) => {
    const other = createSocket('udp4');
    t.teardown(() => other.close());
    const server = await rawUdpServer(t, (question, _, from) =>
      other.send(answer(question), from.port, from.address),
    );
    const { up } = await checkOnce(target(server.port, 300));
    t.equal(up, false);
    t.ok(await server.idle());
  });

  for (const [what, rubbish] of [
    ['another protocol', () => 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'],
    ['nothing', () => ''],
    ['the question itself', (question: Buffer) => question],
    ['half of an answer', (question: Buffer) => half(answer(question))],
    ['64 KiB of zeros', () => new Uint8Array(65_000)],
  ] as const)
    t.test(`a server that answers with ${what} is down`, async (t) => {
      const server = await rawUdpServer(t, (question, reply) =>
        reply(rubbish(question)),
      );
      const { up } = await checkOnce(target(server.port, 500));
      t.equal(up, false);
      t.ok(await server.idle());
    });

  t.test('an aborted check closes its socket', async (t) => {
    const stop = new AbortController();
    const server = await rawUdpServer(t, () => stop.abort(new Error('not wanted')));
    const { up } = await checkOnce(target(server.port), stop.signal);
    t.equal(up, false);
    t.ok(await server.idle());
  });

  t.test('one aborted beforehand asks nobody', async (t) => {
    const server = await rawUdpServer(t, () => {});
    const { up } = await checkOnce(target(server.port), AbortSignal.abort('gone'));
    t.equal(up, false);
    t.equal(server.received.length, 0);
  });

  t.test('no message holds a login, password or secret', async (t) => {
    const words = Object.values(SECRETS);
    const server = await rawUdpServer(t, (_, reply) => reply(words.join(' ')));
    const { message } = await checkOnce(target(server.port, 500));
    for (const word of words) t.notMatch(message, word);
  });
}

function half(answer: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(answer);
  return bytes.subarray(0, bytes.length / 2);
}
