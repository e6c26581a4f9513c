import t from 'tap';
import { addressBytes, unmapped } from '../../lib/model/address-bytes.ts';

const CASES = [
  ['10.1.1.19', '0a010113'],
  ['255.0.255.0', 'ff00ff00'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['2001:db8::', '20010db8000000000000000000000000'],
  ['2001:db8::a:b', '20010db80000000000000000000a000b'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['::ffff:10.1.1.19', '00000000000000000000ffff0a010113'],
  ['fe80::1%eth0', 'fe800000000000000000000000000001'],
] as const;

for (const [text, hex] of CASES)
  t.test(`${text} is ${hex}`, async (t) => {
    t.equal(Buffer.from(addressBytes(text)).toString('hex'), hex);
  });

t.test('a mapped address holds an IPv4 one, no other does', async (t) => {
  const held = (text: string) =>
    Buffer.from(unmapped(addressBytes(text))).toString('hex');
  t.equal(held('::ffff:10.1.2.255'), '0a0102ff');
  t.equal(held('10.1.2.255'), '0a0102ff');
  t.equal(held('64:ff9b::1.2.3.4'), `0064ff9b${'00'.repeat(8)}01020304`);
  t.equal(held(''), '');
});
