import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { readAnswer } from '../../../lib/checks/services/radius-answer.ts';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { rawUdpServer } from '../../support/raw-udp-server.ts';
import { udpCheckSuite } from '../../support/udp-check-suite.ts';

const SECRET = 'shared-word';

function radius(fields: Partial<CheckTarget>): CheckTarget {
  const words = { login: 'scott', passwd: 'tiger-striped', secret: SECRET };
  return checkTarget({ service: 'radius', protocol: 'udp', ...words, ...fields });
}

interface Answering {
  readonly code: number;
  readonly secret: string;
  /** Reply-Message. */
  readonly words: string;
  /** Secret of the Message-Authenticator; '': none is sent. */
  readonly signedWith: string;
}

/** An answer as RFC 2865, 3 and RFC 2869, 5.14 have it, put together by other means than the
 *  check's own. */
function answer(request: Buffer, options: Partial<Answering> = {}): Buffer {
  const { code = 2, secret = SECRET, words = '', signedWith = '' } = options;
  const text = Buffer.from(words);
  const message = words === '' ? [] : [Buffer.of(18, text.length + 2), text];
  const place = signedWith === '' ? [] : [Buffer.of(80, 18), Buffer.alloc(16)];
  const attributes = Buffer.concat([...message, ...place]);
  const packet = Buffer.concat([Buffer.alloc(20), attributes]);
  packet.set([code, request[1] ?? 0, packet.length >> 8, packet.length & 255]);
  packet.set(request.subarray(4, 20), 4);
  if (signedWith !== '')
    packet.set(
      createHmac('md5', signedWith).update(packet).digest(),
      packet.length - 16,
    );
  packet.set(createHash('md5').update(packet).update(secret).digest(), 4);
  return packet;
}

udpCheckSuite(t, {
  target: (port) => radius({ port }),
  answer: (question, secret) => answer(question, { secret }),
});

t.test('what the server answers', async (t) => {
  for (const [what, options, up, message] of [
    ['accepted', {}, true, /^Access-Accept$/],
    ['accepted and signed', { signedWith: SECRET }, true, /^Access-Accept$/],
    ['rejected', { code: 3 }, false, /^Access-Reject: expected Access-Accept$/],
    [
      'rejected with words',
      { code: 3, words: 'no\nway' },
      false,
      /^Access-Reject "no way"/,
    ],
    [
      'rejected with a long echo of the password',
      { code: 3, words: `${'x'.repeat(70)} tiger-striped` },
      false,
      /x{70} \*\*\*": expected/,
    ],
    ['challenged', { code: 11 }, false, /^Access-Challenge: expected Access-Accept$/],
  ] satisfies [string, Partial<Answering>, boolean, RegExp][])
    await t.test(what, async (t) => {
      const server = await rawUdpServer(t, (request, reply) =>
        reply(answer(request, options)),
      );
      const result = await checkOnce(radius({ port: server.port }));
      t.equal(result.up, up);
      t.match(result.message, message);
    });
});

t.test('what is no answer is passed over, and told of', { jobs: 8 }, async (t) => {
  const broken = (request: Buffer) => {
    const packet = Buffer.concat([answer(request).subarray(0, 20), Buffer.of(18, 1)]);
    packet.writeUInt16BE(packet.length, 2);
    request.copy(packet, 4, 4, 20);
    packet.set(createHash('md5').update(packet).update(SECRET).digest(), 4);
    return packet;
  };
  const other = (request: Buffer) => {
    const changed = Buffer.from(request);
    changed[1] = ((request[1] ?? 0) + 1) & 255;
    return answer(changed);
  };
  for (const [what, make, told] of [
    ['another secret', (r) => answer(r, { secret: 'x' }), /authenticator is wrong/],
    [
      'a forged signature',
      (r) => answer(r, { signedWith: 'x' }),
      /Message-Authenticator/,
    ],
    ['another code', (r) => answer(r, { code: 5 }), /has code 5/],
    ['another request', other, /answers another request/],
    ['broken attributes', broken, /broken attributes/],
    ['a length that is not there', (r) => answer(r).fill(255, 2, 4), /not RADIUS/],
  ] satisfies [string, (request: Buffer) => Buffer, RegExp][]) {
    t.test(`${what} alone`, async (t) => {
      // The second question shows that the answer to the first was read.
      const stop = new AbortController();
      const server = await rawUdpServer(t, (request, reply) => {
        if (server.received.length > 1) stop.abort(new Error('no answer in time'));
        else reply(make(request));
      });
      const { up, message } = await checkOnce(
        radius({ port: server.port }),
        stop.signal,
      );
      t.equal(up, false);
      t.match(message, /^no answer in time; one came, none valid: the last /);
      t.match(message, told);
    });
    t.test(`${what}, then a good one`, async (t) => {
      const server = await rawUdpServer(t, (request, reply) => {
        reply(make(request));
        reply(answer(request));
      });
      t.equal((await checkOnce(radius({ port: server.port }))).up, true);
    });
  }
});

t.test('bytes after the packet are no part of it', async (t) => {
  const server = await rawUdpServer(t, (request, reply) =>
    reply(Buffer.concat([answer(request), Buffer.alloc(7)])),
  );
  t.equal((await checkOnce(radius({ port: server.port }))).up, true);
});

t.test('words that RADIUS cannot carry are named, and nobody is asked', async (t) => {
  const server = await rawUdpServer(t, () => {});
  for (const [fields, message] of [
    [{ login: '' }, /^login: expected 1 to 253 bytes/],
    [{ login: 'x'.repeat(254) }, /^login: expected 1 to 253 bytes/],
    [{ passwd: 'é'.repeat(65) }, /^passwd: expected 0 to 128 bytes/],
    [{ secret: '' }, /^secret: expected/],
  ] as const) {
    const result = await checkOnce(radius({ port: server.port, ...fields }));
    t.equal(result.up, false);
    t.match(result.message, message);
  }
  t.equal(server.received.length, 0);
});

t.test(
  'the request holds the login, our address, and no password to be read',
  async (t) => {
    const server = await rawUdpServer(t, (request, reply) => reply(answer(request)));
    await checkOnce(radius({ port: server.port }));
    const [request = Buffer.alloc(0)] = server.received;
    const text = request.toString('latin1');
    t.equal(request[0], 1);
    t.equal(request.readUInt16BE(2), request.length);
    t.same(
      request.subarray(20, 22),
      Buffer.of(80, 18),
      'Message-Authenticator is first',
    );
    t.match(text, '\x01\x07scott');
    t.match(text, '\x04\x06\x7f\0\0\x01');
    t.notMatch(text, 'tiger');
    t.notMatch(text, SECRET);
  },
);

t.test('a question that is asked again is the same, byte for byte', async (t) => {
  const server = await rawUdpServer(t, (request, reply) => {
    if (server.received.length > 1) reply(answer(request));
  });
  t.equal((await checkOnce(radius({ port: server.port }))).up, true);
  t.same(server.received[1], server.received[0]);
});

t.test('IPv6', async (t) => {
  const server = await rawUdpServer(
    t,
    (request, reply) => reply(answer(request)),
    '::1',
  );
  const target = radius({ family: 'inet6', address: '::1', port: server.port });
  t.equal((await checkOnce(target)).up, true);
  t.ok(await server.idle());
});

t.test('whatever comes is read to its end', async (t) => {
  const request = Buffer.alloc(20, 7);
  const anything = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(anything, (bytes) => {
      t.type(readAnswer(Buffer.from(bytes), request, SECRET), 'string');
    }),
  );
  const attributes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(attributes, (bytes) => {
      const packet = Buffer.concat([Buffer.of(2, 7, 0, 0), Buffer.alloc(16, 7), bytes]);
      packet.writeUInt16BE(packet.length, 2);
      packet.set(createHash('md5').update(packet).update(SECRET).digest(), 4);
      const answer = readAnswer(packet, request, SECRET);
      const signed = typeof answer === 'string' && /attributes|Message/.test(answer);
      t.ok(signed || typeof answer === 'object');
    }),
  );
});
