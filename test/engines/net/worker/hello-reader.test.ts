import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import t from 'tap';
import type { FirstBytes } from '../../../../lib/engines/net/worker/opening/first-bytes.ts';
import {
  HelloReader,
  LONGEST_OPENING,
} from '../../../../lib/engines/net/worker/opening/hello-reader.ts';
import { LONGEST_HELLO } from '../../../../lib/engines/net/worker/opening/hello-walk.ts';
import {
  clientHello,
  helloMessage,
  inRecords,
  nameEntry,
  tlsRecord,
} from '../../../support/client-hello.ts';

/** In chunks of so many bytes, up to an answer; all of the bytes are its rest then. */
function readIn(
  size: number,
  bytes: Buffer,
): FirstBytes<string | undefined> | undefined {
  const reader = new HelloReader();
  for (let at = 0; at < bytes.length; at += size) {
    const first = reader.take(bytes.subarray(at, at + size));
    if (!first) continue;
    const came = bytes.subarray(0, at + size);
    if (first.kind === 'done') t.ok(first.rest.equals(came), 'nothing is lost');
    return first;
  }
  return undefined;
}

/** The name; however the bytes are cut it is the same. */
function nameIn(bytes: Buffer): string | undefined {
  const first = readIn(bytes.length, bytes);
  for (const size of [1, 2, 3, 7, 100, 1400]) {
    const cut = readIn(size, bytes);
    t.equal(cut?.kind, first?.kind, `in chunks of ${size}`);
    if (cut?.kind === 'done') t.equal(cut.found, first?.kind === 'done' && first.found);
    else t.strictSame(cut, first);
  }
  if (first?.kind !== 'done') throw new Error(first?.reason ?? 'more is wanted');
  return first.found;
}

t.test('the name of a ClientHello is found, however it is cut', async (t) => {
  const name = 'www.example.com';
  t.equal(nameIn(clientHello({ name })), name);
  t.equal(nameIn(clientHello({ name, sessionId: 0 })), name);
  t.equal(nameIn(clientHello({ name, share: 1216 })), name, 'post-quantum');
  t.equal(nameIn(clientHello({ name, share: 20_000 })), name, 'in two records');
  for (const record of [1, 5, 40, 200])
    t.equal(nameIn(clientHello({ name, record })), name, `records of ${record}`);
});

t.test('names are compared in lower case, without a dot at their end', async (t) => {
  t.equal(nameIn(clientHello({ name: 'WWW.Example.COM.' })), 'www.example.com');
  const longest = `${'a'.repeat(63)}.`.repeat(3) + 'b'.repeat(61);
  t.equal(nameIn(clientHello({ name: longest })), longest);
  for (const name of [
    ...['', '.', 'a..b', 'a b', 'münchen.de', 'a\n.b', '\0', '*.a', `${longest}bbb`],
    ...['a'.repeat(64), 'a'.repeat(5000)],
  ])
    t.equal(nameIn(clientHello({ name })), undefined, JSON.stringify(name));
});

t.test('of an encrypted ClientHello the outer name is read', async (t) => {
  const name = 'outer.example';
  const inner = helloMessage({ name: 'inner.example' }).length;
  for (const encrypted of [inner, 239, 4000])
    t.equal(nameIn(clientHello({ name, encrypted })), name);
  t.equal(nameIn(clientHello({ encrypted: inner })), undefined, 'without an outer one');
});

t.test('one that drips is held in no more than the bound', async (t) => {
  const dripped = clientHello({ share: LONGEST_HELLO - 300, record: 50 });
  const held = new Set<number>();
  const allocate = Buffer.allocUnsafeSlow;
  t.teardown(() => {
    Buffer.allocUnsafeSlow = allocate;
  });
  Buffer.allocUnsafeSlow = (size) => {
    held.add(size);
    return allocate(size);
  };
  const reader = new HelloReader();
  for (let at = 0; at < LONGEST_OPENING; at += 1460)
    reader.take(dripped.subarray(at, Math.min(at + 1460, LONGEST_OPENING)));
  t.equal(Math.max(...held), LONGEST_OPENING);
});

t.test('of several names the first host is taken, and no other kind', async (t) => {
  const entries = (...all: readonly Buffer[]) => Buffer.concat(all);
  const names = entries(nameEntry('a.example'), nameEntry('b.example'));
  t.equal(nameIn(clientHello({ names })), 'a.example');
  const other = entries(nameEntry('x', 7), nameEntry('b.example'));
  t.equal(nameIn(clientHello({ names: other })), 'b.example');
  t.equal(nameIn(clientHello({ names: nameEntry('x', 7) })), undefined);
  t.equal(nameIn(clientHello({ names: Buffer.alloc(0) })), undefined);
});

t.test('who asks for no name, or speaks no TLS, has none', async (t) => {
  t.equal(nameIn(clientHello({})), undefined);
  t.equal(nameIn(clientHello({ bare: true })), undefined);
  const message = helloMessage({ name: 'a.example' });
  const others: Readonly<Record<string, Buffer>> = {
    http: Buffer.from('GET / HTTP/1.1\r\n'),
    ssh: Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'),
    'SSL 2': Buffer.of(0x80, 0x2e, 1, 0, 2),
    alert: tlsRecord(Buffer.of(2, 40), 21),
    'another message': tlsRecord(Buffer.concat([Buffer.of(2), message.subarray(1)])),
    'an empty record': tlsRecord(Buffer.alloc(0)),
    'a record too long': Buffer.of(22, 3, 1, 0x40, 1),
    'version 2': Buffer.of(22, 2, 0, 0, 50),
    'an alert in its midst': Buffer.concat([
      inRecords(message.subarray(0, 50)),
      tlsRecord(Buffer.of(2, 40), 21),
    ]),
  };
  for (const [what, bytes] of Object.entries(others))
    t.equal(nameIn(bytes), undefined, what);
});

t.test('lengths that do not go together are no ClientHello', async (t) => {
  const good = helloMessage({ name: 'a.example' });
  const at = (text: string) => good.indexOf(text, 0, 'latin1');
  const name = at('a.example');
  /** Where a length stands, and one that is too large. */
  const lengths: readonly (readonly [number, number])[] = [
    ...([
      [38, 255],
      [71, 255],
      [77, 255],
      [79, 255],
    ] as const),
    ...([
      [name - 2, 255],
      [name - 5, 255],
      [name - 7, 255],
    ] as const),
  ];
  for (const [place, value] of lengths) {
    const bad = Buffer.from(good);
    bad[place] = value;
    t.equal(nameIn(inRecords(bad)), undefined, `at ${place}`);
  }
  for (let length = 0; length < good.length - 4; length++) {
    const bad = Buffer.from(good);
    bad.writeUIntBE(length, 1, 3);
    const first = readIn(bad.length, inRecords(bad));
    t.ok(first?.kind === 'done', `a message of ${length}`);
  }
});

t.test(
  'a whole ClientHello is not waited for, and more than a bound is not read',
  async (t) => {
    const hello = clientHello({ name: 'a.example' });
    const end = hello.indexOf('a.example') + 'a.example'.length;
    for (let length = 1; length < end; length++)
      t.equal(readIn(1, hello.subarray(0, length)), undefined);
    t.match(readIn(1, hello.subarray(0, end)), { kind: 'done', found: 'a.example' });

    const huge = helloMessage({ share: LONGEST_HELLO });
    t.match(readIn(9, inRecords(huge)), {
      kind: 'bad',
      reason: /^its ClientHello has 3\d+ bytes$/,
    });
    const dripped = clientHello({ share: LONGEST_HELLO - 300, record: 50 });
    for (const size of [1, 1000, dripped.length]) {
      const reader = new HelloReader();
      let first: FirstBytes<string | undefined> | undefined;
      for (let at = 0; !first; at += size)
        first = reader.take(dripped.subarray(at, at + size));
      t.match(first, {
        kind: 'bad',
        reason: `no name is in its first ${LONGEST_OPENING} bytes`,
      });
      t.ok(reader.seen < LONGEST_OPENING + size);
    }
  },
);

t.test('what Node sends in each version of TLS is read', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
    for (const servername of ['www.example.com', '']) {
      const coming = once(server, 'connection');
      const client = tlsConnect({
        ...{ port, servername, minVersion: version, maxVersion: version },
        ...{ host: '127.0.0.1', rejectUnauthorized: false },
      });
      client.on('error', () => {});
      const [socket] = await coming;
      const [bytes] = await once(socket, 'data');
      t.equal(nameIn(bytes), servername || undefined, version);
      client.destroy();
      socket.destroy();
    }
});
