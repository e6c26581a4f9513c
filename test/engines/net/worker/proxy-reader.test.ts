import t from 'tap';
import type { FirstBytes } from '../../../../lib/engines/net/worker/opening/first-bytes.ts';
import {
  LONGEST_BINARY,
  ProxyReader,
} from '../../../../lib/engines/net/worker/opening/proxy-reader.ts';
import { type Ends, proxyHeader } from '../../../../lib/model/proxy-header.ts';

const FOUR = {
  ...{ remoteAddress: '192.0.2.7', remotePort: 51_234 },
  ...{ localAddress: '10.1.1.19', localPort: 80 },
};
const SIX = { ...FOUR, remoteAddress: '2001:db8::7', localAddress: '2001:db8::1' };
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

/** In one chunk, and in chunks of a byte; both must say the same. */
function read(bytes: Buffer): FirstBytes<Ends | undefined> | undefined {
  const whole = new ProxyReader().take(bytes);
  const slow = new ProxyReader();
  for (let at = 0; at < bytes.length; at++) {
    const found = slow.take(bytes.subarray(at, at + 1));
    if (!found) continue;
    if (found.kind === 'bad') return whole?.kind === 'bad' ? whole : found;
    const rest = Buffer.concat([found.rest, bytes.subarray(at + 1)]);
    t.strictSame({ ...found, rest }, whole);
    return whole;
  }
  t.equal(whole, undefined);
  return whole;
}

const line = (text: string) => read(Buffer.from(text, 'latin1'));
const binary = (head: readonly number[], body: Uint8Array | string = '') =>
  read(
    Buffer.concat([
      Buffer.from(SIGNATURE, 'latin1'),
      Buffer.from(head),
      Buffer.from(body),
    ]),
  );

const header = (ends: Ends | undefined, rest = '') => ({
  ...{ kind: 'done', found: ends },
  rest: Buffer.from(rest),
});

t.test('what is sent is read, and what follows is the rest', (t) => {
  for (const version of ['v1', 'v2'] as const)
    for (const ends of [FOUR, SIX, undefined])
      for (const rest of ['', 'GET / HTTP/1.0\r\n\r\n', 'PROXY UNKNOWN\r\n'])
        t.strictSame(
          read(Buffer.concat([proxyHeader(version, ends), Buffer.from(rest)])),
          header(ends, rest),
        );
  t.end();
});

t.test('what is not of TCP over IP is its sender’s own', (t) => {
  t.strictSame(line('PROXY UNKNOWN ffff::1 whatever 1 2\r\n'), header(undefined));
  t.strictSame(binary([0x21, 0x00, 0, 0]), header(undefined));
  t.strictSame(binary([0x21, 0x12, 0, 12], new Uint8Array(12)), header(undefined));
  t.strictSame(binary([0x21, 0x31, 0, 216], new Uint8Array(216)), header(undefined));
  const ours = binary([0x20, 0x11, 0, 12], new Uint8Array(12));
  t.strictSame(ours, header(undefined), 'LOCAL, with an address in it');
  t.end();
});

t.test('what stands behind the addresses is passed over', (t) => {
  const [addresses] = [proxyHeader('v2', FOUR).subarray(16)];
  const extras = Buffer.alloc(1000, 4);
  const length = addresses.length + extras.length;
  t.strictSame(
    binary(
      [0x21, 0x11, length >> 8, length & 255],
      Buffer.concat([addresses, extras, Buffer.from('rest')]),
    ),
    header(FOUR, 'rest'),
  );
  t.end();
});

t.test('addresses come in their usual form', (t) => {
  t.match(line('PROXY TCP6 2001:DB8:0::7 0:0:0:0:0:0:0:1 51234 80\r\n'), {
    found: { remoteAddress: '2001:db8::7', localAddress: '::1' },
  });
  t.match(line('PROXY TCP6 ::ffff:192.0.2.7 ::FFFF:c000:208 51234 80\r\n'), {
    found: { remoteAddress: '192.0.2.7', localAddress: '192.0.2.8' },
  });
  t.end();
});

t.test('more is waited for as long as it may become one', (t) => {
  for (const text of ['P', 'PROXY ', 'PROXY TCP4 1.2.3.4', '\r\n\r\n\0', '\r'])
    t.equal(line(text), undefined, text);
  t.equal(binary([0x21, 0x11, 0, 12], new Uint8Array(11)), undefined);
  t.equal(line(`PROXY UNKNOWN ${'x'.repeat(92)}`), undefined, '106 bytes');
  t.strictSame(line(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`), header(undefined));
  t.end();
});

const NONE: readonly (readonly [
  what: string,
  found: FirstBytes<Ends | undefined> | undefined,
  why: RegExp,
])[] = [
  ['HTTP', line('GET / HTTP/1.0\r\n'), /does not begin with/],
  ['one byte', line('G'), /does not begin with/],
  ['TLS', line('\x16\x03\x01'), /does not begin with/],
  ['small letters', line('proxy TCP4'), /does not begin with/],
  ['a broken signature', line('\r\n\r\n\0\r\nQUIT\r'), /does not begin with/],
  ['a line without CR', line('PROXY UNKNOWN\n'), /malformed/],
  ['no family', line('PROXY 1.2.3.4 5.6.7.8 1 2\r\n'), /malformed/],
  ['a name', line('PROXY TCP4 a.example b.example 1 2\r\n'), /malformed/],
  ['IPv6 as TCP4', line('PROXY TCP4 ::1 ::1 1 2\r\n'), /malformed/],
  ['IPv4 as TCP6', line('PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n'), /malformed/],
  ['a zone', line('PROXY TCP6 fe80::1%lo ::1 1 2\r\n'), /malformed/],
  ['two blanks', line('PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n'), /malformed/],
  ['a port too high', line('PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n'), /malformed/],
  ['no ports', line('PROXY TCP4 1.2.3.4 5.6.7.8\r\n'), /malformed/],
  ['a line too long', line(`PROXY UNKNOWN ${'x'.repeat(93)}`), /107 bytes/],
  ['version 1 in binary', binary([0x11, 0x11, 0, 12]), /command 0x11/],
  ['command 2', binary([0x22, 0x11, 0, 12]), /command 0x22/],
  ['half an address', binary([0x21, 0x21, 0, 12], new Uint8Array(12)), /too short/],
  ['too long', binary([0x21, 0x11, 0x40, 0]), new RegExp(`${LONGEST_BINARY} bytes`)],
];

t.test('all else is none', (t) => {
  for (const [what, found, why] of NONE)
    t.match(found, { kind: 'bad', reason: why }, what);
  t.end();
});

t.test('of a long one only its beginning is held', (t) => {
  const reader = new ProxyReader();
  const length = LONGEST_BINARY - 16;
  const head = [0x21, 0x00, length >> 8, length & 255];
  reader.take(Buffer.concat([Buffer.from(SIGNATURE, 'latin1'), Buffer.from(head)]));
  let early = 0;
  for (let n = 1; n < length; n++) if (reader.take(Buffer.of(1))) early++;
  t.equal(early, 0);
  t.strictSame(reader.take(Buffer.from('1rest')), header(undefined, 'rest'));
  t.equal(reader.seen, LONGEST_BINARY + 4);
  t.end();
});
