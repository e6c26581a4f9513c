import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Test } from 'tap';
import type { CheckTarget } from '../../lib/model/check.ts';
import { checkOnce } from './check-target.ts';
import { rawServer } from './raw-server.ts';

export interface CheckSuiteOptions {
  /** What is checked at that port of 127.0.0.1; the suite sets time-outs and password. */
  readonly target: (port: number) => CheckTarget;
  /** It needs no word from the server: a silent one is up. */
  readonly silentIsUp?: boolean;
  /** What it thinks of a server that speaks another protocol (an SSH banner, then nothing). */
  readonly otherProtocolIsUp?: boolean;
  /** It ends its side when it has asked, whereupon the suite's silent server ends too. */
  readonly endsItsSide?: boolean;
}

const PASSWORD = 'tiger-striped';
const SECRETS = { login: 'scott', passwd: PASSWORD, secret: 'shared-word' } as const;

/** What holds for every check that connects to a server. */
export function checkSuite(t: Test, options: CheckSuiteOptions): void {
  const {
    silentIsUp = false,
    otherProtocolIsUp = false,
    endsItsSide = false,
  } = options;
  const target = (port: number, timeoutMs = 60_000): CheckTarget => ({
    ...options.target(port),
    ...SECRETS,
    checktimeoutMs: timeoutMs,
    negotiatetimeoutMs: timeoutMs,
  });

  t.test('a port where nobody listens is down, with errno and peer', async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    server.close();
    await once(server, 'close');
    const { up, message } = await checkOnce(target(port));
    t.equal(up, false);
    t.match(message, `ECONNREFUSED 127.0.0.1:${port}`);
  });

  t.test('a server that accepts and is silent', async (t) => {
    const server = await rawServer(t, () => {});
    const { up, message } = await checkOnce(target(server.port, 300));
    t.equal(up, silentIsUp);
    const why = endsItsSide ? /connection was closed/ : /no answer within 0\.3 s/;
    if (!silentIsUp) t.match(message, why);
    await server.idle();
  });

  for (const [how, end] of [
    ['closes', 'end'],
    ['resets', 'resetAndDestroy'],
  ] as const)
    t.test(`a server that ${how} at once yields a result`, async (t) => {
      const server = await rawServer(t, (socket) => socket[end]());
      const { up } = await checkOnce(target(server.port));
      if (!silentIsUp) t.equal(up, false);
      await server.idle();
      t.equal(server.open, 0);
    });

  t.test('a server that speaks another protocol', async (t) => {
    const server = await rawServer(t, (socket) => {
      socket.end('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n');
    });
    const { up } = await checkOnce(target(server.port));
    t.equal(up, otherProtocolIsUp);
    await server.idle();
  });

  t.test('an aborted check closes its connections', async (t) => {
    const stop = new AbortController();
    const server = await rawServer(t, () => stop.abort(new Error('not wanted')));
    const { up } = await checkOnce(target(server.port), stop.signal);
    if (!silentIsUp) t.equal(up, false);
    await server.idle();
    t.equal(server.open, 0);
  });

  t.test('one aborted beforehand connects to nobody', async (t) => {
    const server = await rawServer(t, () => {});
    const { up } = await checkOnce(target(server.port), AbortSignal.abort('gone'));
    t.equal(up, false);
    t.equal(server.accepted, 0);
  });

  t.test('no message holds a login, password or secret', async (t) => {
    const words = Object.values(SECRETS);
    const server = await rawServer(t, (socket) => {
      socket.end(`HTTP/1.1 500 ${words.join(' ')}\r\n\r\n${words.join('\n')}\r\n`);
    });
    const { message } = await checkOnce(target(server.port));
    for (const word of words) t.notMatch(message, word);
  });
}
