import { isIP } from 'node:net';
import type { FirstBytes } from '../../../lib/engines/net/worker/opening/first-bytes.ts';
import {
  LONGEST_BINARY,
  ProxyReader,
} from '../../../lib/engines/net/worker/opening/proxy-reader.ts';
import { type Ends, proxyHeader } from '../../../lib/model/proxy-header.ts';
import { cutInputs, readCut } from '../support/first-bytes.ts';
import { demand, pure } from '../target.ts';

type Read = FirstBytes<Ends | undefined> | undefined;

const FOUR: Ends = {
  ...{ remoteAddress: '192.0.2.7', remotePort: 51_234 },
  ...{ localAddress: '10.1.1.19', localPort: 80 },
};
const SIX = { ...FOUR, remoteAddress: '2001:db8::7', localAddress: '2001:db8::1' };
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const VERSIONS = ['v1', 'v2'] as const;
const GOOD = [
  ...VERSIONS.flatMap((version) =>
    [FOUR, SIX, undefined].map((ends) => proxyHeader(version, ends).toString('latin1')),
  ),
  // With a checksum and a name behind the addresses.
  `${SIGNATURE}\x21\x11\0\x19\xc0\0\x02\x07\x0a\x01\x01\x13\xc8\x22\0\x50\x03\0\x04abcd\x02\0\x03a.b`,
  `${SIGNATURE}\x21\x31\0\xd8${'/run/x'.padEnd(216, '\0')}`,
  'PROXY UNKNOWN ffff::1 whatever\r\n',
  `PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535\r\n`,
].map((header) => `${header}GET / HTTP/1.0\r\n\r\n`);
const WORDS = [
  ...['PROXY ', 'TCP4', 'TCP6', 'UNKNOWN', '\r\n', '\n', '\r', ' ', '65536', '0'],
  ...['::', '::ffff:1.2.3.4', '1.2.3.4', 'fe80::1%lo', '\x20', '\x21', '\x11', '\x22'],
  ...['\0', '\0\0', '\0\x0c', '\0\x24', '\xff\xff', '\x3f\xf0', '\x40\0', SIGNATURE],
];

/** The PROXY header of a client, in chunks. */
export const proxyHeaders = pure({
  covers: 'lib/engines/net/worker/opening/proxy-reader.ts',
  boundMs: 100,
  inputs: cutInputs(GOOD, WORDS),
  take({ text, sizes }) {
    const bytes = Buffer.from(text, 'latin1');
    const whole = bytes.length > 0 ? new ProxyReader().take(bytes) : undefined;
    const cut = taken(bytes, sizes);
    demand(same(whole, cut), () => `in chunks it is ${JSON.stringify(cut)}`);
    if (whole === undefined)
      demand(bytes.length < LONGEST_BINARY, () => 'more is wanted for ever');
    if (whole?.kind !== 'done') return;
    const length = bytes.length - whole.rest.length;
    demand(length >= 15 && length <= LONGEST_BINARY, () => `${length} bytes`);
    demand(bytes.subarray(length).equals(whole.rest), () => 'the rest is another');
    if (whole.found) comesBack(whole.found);
  },
});

/** With all that comes behind it. */
function taken(bytes: Buffer, sizes: readonly number[]): Read {
  const cut = readCut(new ProxyReader(), bytes, sizes);
  if (cut?.first.kind !== 'done') return cut?.first;
  const rest = Buffer.concat([cut.first.rest, bytes.subarray(cut.end)]);
  return { ...cut.first, rest };
}

/** Why it is none may be known sooner, and in other words then. */
function same(one: Read, other: Read): boolean {
  if (one?.kind === 'bad' || one === undefined) return one?.kind === other?.kind;
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What was announced can be passed on, and is the same then. */
function comesBack(ends: Ends): void {
  const { remoteAddress = '', localAddress = '', remotePort, localPort } = ends;
  demand(isIP(remoteAddress) > 0 && isIP(localAddress) > 0, () => 'no address');
  for (const port of [remotePort, localPort])
    demand((port ?? -1) >= 0 && (port ?? -1) <= 65_535, () => `port ${port}`);
  for (const version of VERSIONS) {
    const again = new ProxyReader().take(proxyHeader(version, ends));
    const isSame =
      again?.kind === 'done' && JSON.stringify(again.found) === JSON.stringify(ends);
    demand(isSame, () => `${version}: ${JSON.stringify(ends)} becomes another`);
  }
}
