import t from 'tap';
import { encodeClassic } from '../../../lib/heartbeat/wire/classic.ts';
import { type Key, macOf } from '../../../lib/heartbeat/wire/mac.ts';
import { textOf } from '../../../lib/heartbeat/wire/message.ts';
import { encodeNetstring } from '../../../lib/heartbeat/wire/netstring.ts';
import { type Keyring, open, seal, signed } from '../../../lib/heartbeat/wire/seal.ts';
import { captured } from './captures.ts';

const SECRET = 'TOPSECRETWORD';
const SHA1: Key = { number: 2, method: 'sha1', secret: SECRET };
const MD5: Key = { number: 7, method: 'md5', secret: SECRET };
const CRC: Key = { number: 1, method: 'crc', secret: '' };
const keys = [SHA1, MD5, CRC];

const all = captured();

/** The number of the key that signed it, behind a netstring or in a line. */
const SIGNED = /^(?:\d+:|auth=)(\d+) [0-9a-f]+,?$/m;

for (const [form, head] of [
  ['netstring', '#'],
  ['classic', '>'],
] as const)
  t.test(
    `recorded datagrams are read, and made again byte for byte: ${form}`,
    async (t) => {
      const recorded = all.filter(
        ({ datagram }) => datagram.toString('latin1', 0, 1) === head,
      );
      const strange = recorded.filter(({ datagram }) => !isMadeAgain(datagram));
      t.same(strange, []);
      t.comment(`${recorded.length} datagrams`);
      t.ok(recorded.length > 50);
    },
  );

function isMadeAgain(datagram: Buffer): boolean {
  const number = Number(SIGNED.exec(datagram.toString('latin1'))?.[1]);
  const current = keys.find((key) => key.number === number) ?? SHA1;
  const keyring: Keyring = { current, keys };
  const opened = open(datagram, keyring);
  if (!('message' in opened)) return false;
  const { message } = opened;
  const isClassic = datagram.toString('latin1', 0, 1) === '>';
  const bare = message.filter(([name]) => name !== 'auth');
  const again = isClassic
    ? encodeClassic(signed(bare, current))
    : seal(
        bare,
        keyring,
        textOf(message, 'auth') === undefined ? 'netstring' : 'classic',
      );
  return again.equals(datagram);
}

t.test('the known answers', async (t) => {
  const short = encodeNetstring([
    ['t', 'status'],
    ['src', 'lb1'],
    ['ts', '6b043f9f'],
  ]);
  t.equal(short.length, 55);
  t.equal(macOf(SHA1, short), '0372cd6b4e7b2f795440fa6ecddbca22a67f626a');
  t.equal(macOf(MD5, short), 'db49fd54cb1da9ea2d143bd357f0c60b');
  t.equal(macOf(CRC, short), 'bf631f3d');
  t.equal(macOf(CRC, Buffer.from('123456789')), '765e7680');
});
