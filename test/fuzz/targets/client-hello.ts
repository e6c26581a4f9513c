import type { FirstBytes } from '../../../lib/engines/net/worker/opening/first-bytes.ts';
import {
  HelloReader,
  LONGEST_OPENING,
} from '../../../lib/engines/net/worker/opening/hello-reader.ts';
import { hostName } from '../../../lib/model/host-name.ts';
import { clientHello, nameEntry } from '../../support/client-hello.ts';
import { cutInputs, readCut } from '../support/first-bytes.ts';
import { demand, pure } from '../target.ts';

type Read = FirstBytes<string | undefined> | undefined;

const name = 'www.example.com';
const GOOD = [
  ...[{ name }, { name, record: 20 }, { name, share: 1216 }, { name, sessionId: 0 }],
  ...[{ name: 'WWW.Example.COM.' }, {}, { bare: true }, { name: 'a'.repeat(300) }],
  { names: Buffer.concat([nameEntry('x', 9), nameEntry(name)]) },
].map((parts) => clientHello(parts).toString('latin1'));
const WORDS = [
  ...['\x16\x03\x01', '\x16\x03\x03\0\x01', '\x15\x03\x03\0\x02\x02\x28', '\x01\0\0'],
  ...['\0\0', '\0\x01', '\0\x14', '\xff', '\xff\xff', '\x7f\xff', '\x40\0', '\x40\x01'],
  ...[name, '.', 'xn--a', '\n', '\0\0\0\x14\0\x12\0\0\x0f', '\0\x33', '\x01\0\x80\0'],
];

/** The ClientHello of a client, in chunks. */
export const clientHellos = pure({
  covers: 'lib/engines/net/worker/opening/hello-*.ts',
  boundMs: 100,
  inputs: cutInputs(GOOD, WORDS),
  take({ text, sizes }) {
    const bytes = Buffer.from(text, 'latin1');
    const whole = bytes.length > 0 ? new HelloReader().take(bytes) : undefined;
    const cut = taken(bytes, sizes);
    demand(same(whole, cut), () => `in chunks it is ${JSON.stringify(cut)}`);
    if (whole === undefined)
      demand(bytes.length < LONGEST_OPENING, () => 'more is wanted for ever');
    if (whole?.kind !== 'done') return;
    demand(whole.rest.equals(bytes), () => 'bytes are lost');
    const { found } = whole;
    if (found !== undefined)
      demand(hostName(found) === found, () => `${JSON.stringify(found)} is no name`);
  },
});

/** Whatever it comes to: all bytes up to there are its rest. */
function taken(bytes: Buffer, sizes: readonly number[]): Read {
  const cut = readCut(new HelloReader(), bytes, sizes);
  if (cut?.first.kind === 'done')
    demand(cut.first.rest.equals(bytes.subarray(0, cut.end)), () => 'bytes are lost');
  return cut?.first;
}

function same(one: Read, other: Read): boolean {
  if (one?.kind === 'done' && other?.kind === 'done') return one.found === other.found;
  return JSON.stringify(one) === JSON.stringify(other);
}
