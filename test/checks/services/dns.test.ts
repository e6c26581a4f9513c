import { decode, encode, RECURSION_DESIRED, TRUNCATED_RESPONSE } from 'dns-packet';
import t, { type Test } from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { rawServer } from '../../support/raw-server.ts';
import { rawUdpServer } from '../../support/raw-udp-server.ts';
import { udpCheckSuite } from '../../support/udp-check-suite.ts';

const NAME = 'www.lab.test';
const ADDRESS = '192.0.2.80';

function target(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({
    service: 'dns',
    protocol: 'udp',
    request: `/${NAME}`,
    receive: pattern('^192\\.0\\.2\\.80$'),
    ...fields,
  });
}

/** How an answer differs from a right one. */
interface Twist {
  readonly id?: number;
  readonly question?: string | undefined;
  readonly flags?: number;
  readonly answers?: readonly { type: 'A' | 'AAAA' | 'CNAME'; data: string }[];
}

/** The answer to a question: an address of its name. */
function answerTo(question: Buffer, twist: Twist = {}): Buffer {
  const { id = 0, questions = [] } = decode(question);
  const { answers = [{ type: 'A', data: ADDRESS }], flags = 0 } = twist;
  const asked = questions.map((one) => ({ ...one, name: twist.question ?? one.name }));
  return encode({
    type: 'response',
    id: twist.id ?? id,
    flags: RECURSION_DESIRED | flags,
    questions: 'question' in twist && twist.question === undefined ? [] : asked,
    answers: answers.map((answer) => ({ name: NAME, ttl: 60, ...answer })),
  });
}

function framed(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from([message.length >> 8, message.length]), message]);
}

t.test('over UDP', async (t) => {
  udpCheckSuite(t, {
    target: (port) => target({ port }),
    answer: (question) => answerTo(question),
  });
});

t.test('over TCP', async (t) => {
  checkSuite(t, { target: (port) => target({ port, protocol: 'tcp' }) });
});

/** A TCP server that answers every question with these bytes. */
async function tcpServer(t: Test, answer: (question: Buffer) => Buffer) {
  return await rawServer(t, (socket) =>
    socket.once('data', (bytes) => socket.write(answer(bytes.subarray(2)))),
  );
}

t.test('up or down by what is answered', async (t) => {
  const cname = { type: 'CNAME', data: 'other.lab.test' } as const;
  const others = ['192.0.2.1', '192.0.2.2'].map(
    (data) => ({ type: 'A', data }) as const,
  );
  for (const [what, twist, up, message] of [
    ['the address', {}, true, `${NAME}: ${ADDRESS}`],
    ['the last of several', { answers: [...others, a(ADDRESS)] }, true, ADDRESS],
    ['an address after an alias', { answers: [cname, a(ADDRESS)] }, true, ADDRESS],
    ['no question in the answer', { question: undefined }, true, ADDRESS],
    ['the name in capitals', { question: 'WWW.LAB.TEST' }, true, ADDRESS],
    [
      'other addresses',
      { answers: others },
      false,
      `${NAME}: 192.0.2.1, 192.0.2.2 does not match /^192\\.0\\.2\\.80$/`,
    ],
    ['SERVFAIL', { flags: 2 }, false, `A ${NAME}: expected NOERROR, got SERVFAIL`],
    ['REFUSED', { flags: 5, question: undefined }, false, 'NOERROR, got REFUSED'],
    [
      'no address',
      { answers: [cname] },
      false,
      `${NAME}: expected an address, got none`,
    ],
  ] satisfies [string, Twist, boolean, string][])
    for (const protocol of ['udp', 'tcp'] as const)
      await t.test(`${what}, over ${protocol}`, async (t) => {
        const server =
          protocol === 'udp'
            ? await rawUdpServer(t, (question, reply) =>
                reply(answerTo(question, twist)),
              )
            : await tcpServer(t, (question) => framed(answerTo(question, twist)));
        const result = await checkOnce(target({ port: server.port, protocol }));
        t.equal(result.up, up, result.message);
        t.match(result.message, message);
      });
});

function a(data: string) {
  return { type: 'A', data } as const;
}

t.test('a name without IPv4 addresses is asked for IPv6 ones', async (t) => {
  const server = await rawUdpServer(t, (question, reply) => {
    const [{ type } = { type: '' }] = decode(question).questions ?? [];
    const answers =
      type === 'AAAA' ? [{ type: 'AAAA', data: '2001:db8::80' } as const] : [];
    reply(answerTo(question, { answers }));
  });
  const fields = { port: server.port, receive: pattern('^2001:db8::80$') };
  t.same(await checkOnce(target(fields)), {
    up: true,
    message: `${NAME}: 2001:db8::80`,
  });
  t.equal(server.received.length, 2);
});

t.test('one that has them is not: they decide', async (t) => {
  const server = await rawUdpServer(t, (question, reply) => reply(answerTo(question)));
  const fields = { port: server.port, receive: pattern('^2001:') };
  t.equal((await checkOnce(target(fields))).up, false);
  t.equal(server.received.length, 1);
});

t.test('an answer that nobody asked for is not heard', async (t) => {
  const server = await rawUdpServer(t, (question, reply) => {
    reply(answerTo(question, { id: (decode(question).id ?? 0) ^ 1 }));
    reply(answerTo(question, { question: 'other.lab.test' }));
    reply('');
  });
  t.match(await checkOnce(target({ port: server.port, negotiatetimeoutMs: 300 })), {
    up: false,
    message: /^strays ignored \(3\): no answer within 0\.3 s/,
  });
});

t.test('it does not hold up the right one', async (t) => {
  const server = await rawUdpServer(t, (question, reply) => {
    reply(answerTo(question, { id: (decode(question).id ?? 0) ^ 1, flags: 2 }));
    reply(answerTo(question));
  });
  t.equal((await checkOnce(target({ port: server.port }))).up, true);
});

t.test('a broken answer is down at once', async (t) => {
  const server = await rawUdpServer(t, (question, reply) =>
    reply(answerTo(question).subarray(0, -2)),
  );
  t.match(await checkOnce(target({ port: server.port })), {
    up: false,
    message: 'broken answer: it ends within a record',
  });
});

t.test('what is truncated over UDP is asked for over TCP', async (t) => {
  const tcp = await tcpServer(t, (question) => framed(answerTo(question)));
  const udp = await rawUdpServer(t, (question, reply) =>
    // Cut within a record, as some do.
    reply(answerTo(question, { flags: TRUNCATED_RESPONSE }).subarray(0, -2)),
  );
  t.match(await checkOnce(target({ port: udp.port })), {
    up: false,
    message: `truncated over UDP; over TCP: connect ECONNREFUSED 127.0.0.1:${udp.port}`,
  });
  t.equal(tcp.accepted, 0);
});

t.test('every question has an id and a port of its own', async (t) => {
  const ports = new Set<number>();
  const server = await rawUdpServer(t, (question, reply, { port }) => {
    ports.add(port);
    reply(answerTo(question));
  });
  for (let count = 0; count < 8; count++)
    await checkOnce(target({ port: server.port }));
  const ids = new Set(server.received.map((question) => question.readUInt16BE(0)));
  t.ok(ids.size > 4, `${ids.size} ids`);
  t.ok(ports.size > 4, `${ports.size} ports`);
});

t.test('over TCP an answer may come byte by byte', async (t) => {
  const server = await rawServer(t, (socket) =>
    socket.once('data', (bytes) => {
      socket.setNoDelay();
      for (const byte of framed(answerTo(bytes.subarray(2))))
        socket.write(Buffer.from([byte]));
    }),
  );
  const fields = { port: server.port, protocol: 'tcp' } as const;
  t.equal((await checkOnce(target(fields))).up, true);
  await server.idle();
});

t.test('over TCP what is no answer is told of', async (t) => {
  for (const [answer, message] of [
    [() => framed(Buffer.from('no answer')), 'something else came over TCP'],
    [(question: Buffer) => framed(question), 'something else came over TCP'],
    [
      (question: Buffer) => framed(answerTo(question, { flags: TRUNCATED_RESPONSE })),
      'the answer is truncated, even over TCP',
    ],
    [
      (question: Buffer) => framed(answerTo(question).subarray(0, -2)),
      'waiting for an answer: broken answer',
    ],
  ] as const) {
    const server = await tcpServer(t, answer);
    const result = await checkOnce(target({ port: server.port, protocol: 'tcp' }));
    t.match(result, { up: false, message });
    await server.idle();
  }
});

t.test('receive is needed, and nobody is asked without', async (t) => {
  const server = await rawUdpServer(t, () => {});
  for (const receive of [undefined, pattern('')]) {
    const result = await checkOnce(target({ port: server.port, receive }));
    t.match(result, { up: false, message: /^no receive: a dns check needs one/ });
  }
  t.equal(server.received.length, 0);
});

t.test('a request that is no name is down with the reason', async (t) => {
  t.match(await checkOnce(target({ request: '/', port: 1 })), {
    up: false,
    message: 'request "": expected a name or an address, as in "www.example.com"',
  });
});
