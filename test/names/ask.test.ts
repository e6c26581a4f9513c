import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { decode, encode } from 'dns-packet';
import t, { type Test } from 'tap';
import { askServer } from '../../lib/names/ask.ts';
import { Asker } from '../../lib/names/asker.ts';
import type { Answer, Question } from '../../lib/names/question.ts';
import { freeUdpPort, rawUdpServer } from '../support/raw-udp-server.ts';

const WWW: Question = { name: 'www.example.com', type: 'A' };
const NEVER = new AbortController().signal;
const MS = 400;

/** Long where something else than the time is to be told. */
const msFor = (why: RegExp) => (/no answer/.test(why.source) ? MS : 10_000);

/** An answer to that query; bits of the header, and the id, can be other ones. */
function answerTo(query: Buffer, bits = 0, otherId = 0, data = '10.0.0.1'): Buffer {
  const { id = 0, questions = [] } = decode(query);
  const answers =
    bits & 0x0f ? [] : [{ type: 'A', name: WWW.name, ttl: 30, data } as const];
  return encode({
    type: 'response',
    id: id ^ otherId,
    flags: bits,
    questions,
    answers,
  });
}

/** Over UDP, and over TCP on the same port where that is told. */
async function hostile(
  t: Test,
  udp: (query: Buffer, reply: (bytes: Uint8Array) => void) => void,
  tcp?: (socket: Socket) => void,
) {
  for (;;) {
    const server = await rawUdpServer(t, udp);
    const at = { address: '127.0.0.1', port: server.port };
    if (!tcp) return { ...server, at };
    const listener = createServer(tcp).listen(server.port, '127.0.0.1');
    const isBound = await once(listener, 'listening').then(
      () => true,
      () => false,
    );
    if (!isBound) continue;
    t.teardown(() => listener.close());
    return { ...server, at: { ...at, port: (listener.address() as AddressInfo).port } };
  }
}

const HOSTILE: readonly (readonly [
  what: string,
  udp: (query: Buffer, reply: (bytes: Uint8Array) => void) => void,
  why: RegExp,
])[] = [
  ['SERVFAIL', (query, reply) => reply(answerTo(query, 2)), /: SERVFAIL$/],
  ['garbage', (_, reply) => reply(Buffer.alloc(400, 0xc0)), /no answer within 400 ms$/],
  [
    'garbage with the right id',
    (query, reply) =>
      reply(Buffer.concat([answerTo(query).subarray(0, 12), Buffer.alloc(500, 0xc0)])),
    /broken answer: /,
  ],
  ['another id', (query, reply) => reply(answerTo(query, 0, 1)), /no answer within/],
  ['silence', () => {}, /no answer within 400 ms$/],
];

for (const [what, udp, why] of HOSTILE)
  t.test(`${what} is told in time, and nothing is left open`, async (t) => {
    const { at, idle } = await hostile(t, udp);
    const began = performance.now();
    await t.rejects(askServer(at, WWW, msFor(why), NEVER), { message: why });
    t.ok(performance.now() - began < MS + 2000);
    t.ok(await idle());
  });

t.test('strangers before the answer are passed over', async (t) => {
  const { at } = await hostile(t, (query, reply) => {
    for (let n = 1; n < 50; n++) reply(answerTo(query, 0, n, '10.6.6.6'));
    reply(answerTo(query));
  });
  t.match(await askServer(at, WWW, 2000, NEVER), {
    records: [{ address: '10.0.0.1' }],
  });
});

t.test('a datagram that is lost is sent again', async (t) => {
  let count = 0;
  const { at } = await hostile(t, (query, reply) => {
    if (count++ > 0) reply(answerTo(query));
  });
  t.match(await askServer(at, WWW, 6000, NEVER), {
    records: [{ address: '10.0.0.1' }],
  });
});

const truncated = (query: Buffer, reply: (bytes: Uint8Array) => void) =>
  reply(answerTo(query, 0x0200).subarray(0, 40));

function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

t.test('a truncated answer comes over TCP, a byte at a time', async (t) => {
  const { at } = await hostile(t, truncated, (socket) => {
    socket.once('data', async (query) => {
      for (const byte of framed(answerTo(query.subarray(2)))) {
        socket.write(Buffer.of(byte));
        await new Promise((go) => setImmediate(go));
      }
    });
  });
  t.match(await askServer(at, WWW, 2000, NEVER), {
    records: [{ address: '10.0.0.1' }],
  });
});

for (const [what, serve, why] of [
  ['closed', (socket: Socket) => socket.end('ab'), /was closed after 2 bytes$/],
  ['never ending', (socket: Socket) => socket.write(Buffer.of(255, 255)), /no answer/],
  [
    'truncated again',
    (socket: Socket) =>
      socket.once('data', (query) => {
        socket.write(framed(answerTo(query.subarray(2), 0x0200)));
      }),
    /over TCP: truncated$/,
  ],
] as const)
  t.test(`${what} over TCP is told in time`, async (t) => {
    const { at } = await hostile(t, truncated, (socket) => {
      socket.on('error', () => {});
      serve(socket);
    });
    await t.rejects(askServer(at, WWW, msFor(why), NEVER), { message: why });
  });

t.test('a port where nobody listens is told at once; so is the end', async (t) => {
  const at = { address: '127.0.0.1', port: await freeUdpPort() };
  const began = performance.now();
  await t.rejects(askServer(at, WWW, 60_000, NEVER), { message: /ECONNREFUSED/ });
  const end = new AbortController();
  const { at: silent } = await hostile(t, () => {});
  const asked = askServer(silent, WWW, 60_000, end.signal);
  end.abort();
  await t.rejects(asked);
  t.ok(performance.now() - began < 5000);
});

t.test(
  'the next server is asked where one fails, and first the next time',
  async (t) => {
    const asked: number[] = [];
    const good: Answer = { records: [], ttlMs: 1, empty: 'nothing' };
    const asker = new Asker(
      async ({ port }) => {
        asked.push(port);
        if (port === 1) throw new Error('it is dead');
        return good;
      },
      () => [],
    );
    const server = (port: number) => ({ address: '10.0.0.1', port });
    const dns = { servers: [server(1), server(2), server(3)], timeoutMs: 1 };
    t.equal(await asker.ask(WWW, dns, NEVER), good);
    t.equal(await asker.ask(WWW, dns, NEVER), good);
    t.strictSame(asked, [1, 2, 2]);
    await t.rejects(asker.ask(WWW, { ...dns, servers: [server(1)] }, NEVER), {
      message: 'it is dead',
    });
    await t.rejects(asker.ask(WWW, { ...dns, servers: [] }, NEVER), {
      message: /no name server/,
    });
  },
);

t.test('not more than 32 questions are on their way', async (t) => {
  let running = 0;
  let most = 0;
  const asker = new Asker(
    async () => {
      most = Math.max(most, ++running);
      await new Promise((go) => setTimeout(go, 5));
      running--;
      return { records: [], ttlMs: 1, empty: 'nothing' };
    },
    () => [{ address: '10.0.0.1', port: 53 }],
  );
  const all = Array.from({ length: 200 }, () =>
    asker.ask(WWW, { servers: [], timeoutMs: 1 }, NEVER),
  );
  await Promise.all(all);
  t.equal(most, 32);
});
