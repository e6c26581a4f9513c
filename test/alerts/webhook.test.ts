import { createHmac } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Receivers } from '../../lib/alerts/receivers.ts';
import { createWebhook, type WebhookOptions } from '../../lib/alerts/webhook.ts';
import { testAuthority } from '../support/certificates.ts';
import { OPTIONS } from '../support/config.ts';
import { lab } from '../support/lab.ts';
import { leftOn } from '../support/left-on.ts';
import { startReceiver, startRude } from '../support/receiver.ts';
import { aMessage } from '../support/told.ts';

const NEVER = new AbortController().signal;

function aWebhook(
  t: Test,
  url: string,
  more: Partial<WebhookOptions> = {},
  lookup?: LookupFunction,
) {
  const receivers = new Receivers();
  t.teardown(() => receivers.close());
  const options = { ...OPTIONS, ...more };
  const receiver = receivers.of(url, options.webhookCa);
  return createWebhook(url, options, receiver, lookup);
}

function aFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'l4d-webhook-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

t.test('a message is posted as JSON', async (t) => {
  const { url, received } = await startReceiver(t);
  const hook = aWebhook(t, url);
  const message = aMessage(5);
  t.strictSame(await hook.send(message, NEVER), { taken: true });
  const [got] = received;
  t.match(got, {
    ...{ method: 'POST', path: '/hook?a=b', message },
    headers: { 'content-type': 'application/json', 'user-agent': 'l4director' },
  });
  t.notOk(got?.headers['x-l4director-signature'], 'without a secret nothing is signed');
  t.notMatch(hook.name, 'hook', 'the path may be a secret');
});

t.test('body and time are signed, with the secret of the moment', async (t) => {
  const { url, received } = await startReceiver(t);
  const file = join(aFolder(t), 'secret');
  const hook = aWebhook(t, url, { webhookSecretFile: file });
  for (const secret of ['0123456789abcdef', 'another secret of ours']) {
    writeFileSync(`${file}.new`, `${secret}\n`);
    renameSync(`${file}.new`, file);
    t.strictSame(await hook.send(aMessage(1), NEVER), { taken: true });
    const last = received.at(-1);
    if (last === undefined) throw new Error('nothing came');
    const { headers, body } = last;
    const timestamp = String(headers['x-l4director-timestamp']);
    t.ok(Math.abs(Number(timestamp) - Date.now() / 1000) < 60);
    const digest = createHmac('sha256', secret)
      .update(Buffer.concat([Buffer.from(`${timestamp}.`), body]))
      .digest('hex');
    t.equal(headers['x-l4director-signature'], `sha256=${digest}`);
  }
});

t.test('without its secret nothing is sent, and it is tried again', async (t) => {
  const { url, received } = await startReceiver(t);
  const file = join(aFolder(t), 'secret');
  const hook = aWebhook(t, url, { webhookSecretFile: file });
  t.match(await hook.send(aMessage(1), NEVER), {
    ...{ taken: false, again: true },
    reason: `webhook-secret-file ${file}: ENOENT`,
  });
  writeFileSync(file, 'hunter2');
  const short = await hook.send(aMessage(1), NEVER);
  t.match(short, { again: true, reason: /secret: fewer than 16 bytes$/ });
  t.equal(received.length, 0);
});

t.test('a burst goes over one connection, which then ends', async (t) => {
  const { url, received, connections } = await startReceiver(t, (response) =>
    response.end('x'.repeat(4000)),
  );
  const hook = aWebhook(t, url);
  for (let n = 1; n <= 20; n++) await hook.send(aMessage(n), NEVER);
  t.equal(connections(), 1);
  t.strictSame(
    received.map(({ message }) => message.sequence),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

t.test('nothing is left of an attempt on the signal of its lane', async (t) => {
  const { url } = await startReceiver(t);
  const hook = aWebhook(t, url);
  const { signal } = new AbortController();
  for (let n = 1; n <= 5; n++) await hook.send(aMessage(n), signal);
  t.strictSame(leftOn(signal), []);
});

t.test('at most four requests at once to a server', async (t) => {
  let open = 0;
  let most = 0;
  const { url, connections } = await startReceiver(t, (response) => {
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.end();
    }, 30);
  });
  const hook = aWebhook(t, url);
  const all = Array.from({ length: 20 }, (_, n) => hook.send(aMessage(n), NEVER));
  for (const attempt of await Promise.all(all)) t.ok(attempt.taken);
  t.equal(most, 4);
  t.ok(connections() <= 20);
});

t.test('answers are heeded, redirects are not followed', async (t) => {
  const { url, received } = await startReceiver(t, (response, count) => {
    if (count === 1) response.writeHead(302, { location: '/elsewhere' }).end();
    if (count === 2) response.writeHead(429, { 'retry-after': '17' }).end();
    if (count === 3) response.writeHead(404, 'Our \u00e9 words').end('secret words');
  });
  const hook = aWebhook(t, url);
  t.match(await hook.send(aMessage(1), NEVER), {
    again: false,
    reason: /^302 Found: /,
  });
  t.match(await hook.send(aMessage(1), NEVER), { again: true, waitMs: 17_000 });
  t.match(await hook.send(aMessage(1), NEVER), {
    again: false,
    reason: '404 Not Found',
  });
  t.equal(received.length, 3);
});

t.test('nobody there', async (t) => {
  const receiver = await startReceiver(t);
  receiver.close();
  const hook = aWebhook(t, receiver.url);
  t.match(await hook.send(aMessage(1), NEVER), {
    ...{ again: true, reason: /^connect ECONNREFUSED 127\.0\.0\.1:\d+$/ },
  });
});

t.test('a connection that was kept and has ended is no failure', async (t) => {
  let answered = 0;
  let stale = 0;
  const { url } = await startRude(t, (socket) => {
    socket.once('data', () => {
      answered++;
      socket.write('HTTP/1.1 204 No Content\r\n\r\n');
      socket.once('data', () => {
        stale++;
        socket.resetAndDestroy();
      });
    });
  });
  const hook = aWebhook(t, url);
  for (let n = 1; n <= 5; n++)
    t.strictSame(await hook.send(aMessage(n), NEVER), { taken: true });
  t.strictSame([answered, stale], [5, 4]);
});

const HEAD = 'HTTP/1.1 200 OK\r\n';
const LATE = { taken: false, again: true, reason: 'no answer within 0.3 s' } as const;
const HOSTILE = [
  ['silence', () => {}, LATE],
  [
    'one byte each moment',
    (write: (text: string) => void) => {
      write('HTTP/1.1 200 O');
      return setInterval(() => write('K'), 20);
    },
    LATE,
  ],
  [
    'endless provisional answers',
    (write: (text: string) => void) =>
      setInterval(() => write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'), 1),
    LATE,
  ],
  [
    'a head without an end',
    (write: (text: string) => void) => {
      write(HEAD);
      return setInterval(() => write(`x-a: ${'a'.repeat(1000)}\r\n`), 1);
    },
    { taken: false, again: true, reason: /Header overflow/i },
  ],
  [
    'no HTTP',
    (write: (text: string) => void) => write('220 mail.example.com ESMTP\r\n'),
    { taken: false, again: true, reason: /Parse Error/ },
  ],
  [
    'another protocol',
    (write: (text: string) => void) =>
      write(
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      ),
    { taken: false, again: true, reason: /closed without an answer/ },
  ],
  [
    'a good head with an endless body',
    (write: (text: string) => void) => {
      write(`${HEAD}content-length: 1000000000000\r\n\r\n`);
      return setInterval(() => write('x'.repeat(10_000)), 1);
    },
    { taken: true },
  ],
  [
    'a good head with a body that never comes',
    (write: (text: string) => void) => write(`${HEAD}content-length: 10\r\n\r\n`),
    { taken: true },
  ],
  [
    'endless chunks of a refusal',
    (write: (text: string) => void) => {
      write('HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n');
      return setInterval(() => write('4\r\nabcd\r\n'), 1);
    },
    { taken: false, again: false, reason: '404 Not Found' },
  ],
] as const;

for (const [name, treat, expected] of HOSTILE)
  t.test(`a receiver that means harm: ${name}`, async (t) => {
    const { url, open } = await startRude(t, (socket) => {
      socket.once('data', () => {
        const timer = treat((text) => void socket.write(text));
        if (typeof timer === 'object') socket.on('close', () => clearInterval(timer));
      });
    });
    const webhookTimeoutMs = expected === LATE ? 300 : 5_000;
    const hook = aWebhook(t, url, { webhookTimeoutMs });
    const begun = performance.now();
    t.match(await hook.send(aMessage(1), NEVER), expected);
    t.ok(performance.now() - begun < 3000, 'in time');
    while (open() > 0) await delay(10);
    t.pass('the connection is closed');
  });

t.test('a receiver that resets', async (t) => {
  const { url } = await startRude(t, (socket) =>
    socket.once('data', () => socket.resetAndDestroy()),
  );
  const hook = aWebhook(t, url);
  t.match(await hook.send(aMessage(1), NEVER), { again: true, reason: /ECONNRESET/ });
});

t.test('the end cuts an attempt, and those that wait for a turn', async (t) => {
  const { url } = await startRude(t, () => {});
  const hook = aWebhook(t, url, { webhookTimeoutMs: 60_000 });
  const cut = new AbortController();
  const all = Array.from({ length: 9 }, (_, n) => hook.send(aMessage(n), cut.signal));
  await delay(50);
  cut.abort(new Error('the director ends'));
  for (const attempt of await Promise.all(all))
    t.match(attempt, { taken: false, reason: 'the director ends' });
});

t.test('names are looked up as told', async (t) => {
  const { port, received } = await startReceiver(t);
  const hook = aWebhook(t, `http://hooks.invalid:${port}/`, {}, (name, how, done) => {
    t.equal(name, 'hooks.invalid');
    if (how.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
    else done(null, '127.0.0.1', 4);
  });
  t.strictSame(await hook.send(aMessage(1), NEVER), { taken: true });
  t.equal(received[0]?.headers.host, `hooks.invalid:${port}`);
});

t.test('over TLS the certificate must be good', lab('openssl'), async (t) => {
  const authority = testAuthority(aFolder(t));
  const port = await receiverOf('hooks.example.com');
  const lookup: LookupFunction = (_, how, done) =>
    how.all
      ? done(null, [{ address: '127.0.0.1', family: 4 }])
      : done(null, '127.0.0.1', 4);

  async function receiverOf(name: string, days?: number): Promise<number> {
    const tls = authority.issue(name, days);
    return (await startReceiver(t, undefined, { tls })).port;
  }
  const attempt = (at: number, webhookCa?: string) =>
    aWebhook(t, `https://hooks.example.com:${at}/`, { webhookCa }, lookup).send(
      aMessage(1),
      NEVER,
    );
  t.strictSame(await attempt(port, authority.file), { taken: true });
  t.match(await attempt(port), { again: true, reason: /self.signed|unable to/ });
  const other = await receiverOf('other.example.com');
  t.match(await attempt(other, authority.file), {
    again: true,
    reason: /altnames|host/i,
  });
  const expired = await receiverOf('hooks.example.com', -1);
  t.match(await attempt(expired, authority.file), { again: true, reason: /expired/ });
  t.match(await attempt(port, '/nonexistent/ca.pem'), { reason: /ENOENT/ });
});
