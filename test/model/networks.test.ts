import { BlockList } from 'node:net';
import t from 'tap';
import { addressBytes } from '../../lib/model/address-bytes.ts';
import { Networks, network } from '../../lib/model/networks.ts';

const has = (networks: Networks, address: string) =>
  networks.has(addressBytes(address));

t.test('a network holds its addresses, first and last included', async (t) => {
  const networks = new Networks(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']);
  for (const inside of [
    '10.0.0.0',
    '10.255.255.255',
    '192.0.2.7',
    '2001:db8::',
    '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
    '::1',
  ])
    t.ok(has(networks, inside), inside);
  for (const outside of [
    '9.255.255.255',
    '11.0.0.0',
    '192.0.2.6',
    '192.0.2.8',
    '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:db9::',
    '::',
    '::2',
    '',
  ])
    t.notOk(has(networks, outside), outside);
});

t.test('all and nothing', async (t) => {
  const four = new Networks(['0.0.0.0/0']);
  t.ok(has(four, '0.0.0.0') && has(four, '255.255.255.255'));
  t.notOk(has(four, '::1'));
  t.ok(has(new Networks(['::/0']), 'ffff::'));
  t.notOk(has(new Networks([]), '10.0.0.1'));
});

t.test('an IPv4-mapped network is the IPv4 one', async (t) => {
  const networks = new Networks(['::ffff:10.0.0.0/104', '::ffff:192.0.2.7']);
  t.ok(has(networks, '10.1.2.3') && has(networks, '192.0.2.7'));
  t.notOk(has(networks, '11.0.0.0') || has(networks, '192.0.2.8'));
});

t.test('nested networks, and all of chance, are as node:net has them', async (t) => {
  for (let round = 0; round < 30; round++) {
    const block = new BlockList();
    const texts: string[] = [];
    for (let n = 0; n < 40; n++) {
      const bits = 1 + Math.floor(Math.random() * 32);
      const address = quad((Math.random() * 2 ** 32) & (-1 << (32 - bits)));
      texts.push(`${address}/${bits}`);
      block.addSubnet(address, bits);
    }
    const networks = new Networks(texts);
    for (let n = 0; n < 200; n++) {
      const address = quad((Math.random() * 2 ** 32) | 0);
      const known = block.check(address);
      t.equal(has(networks, address), known, `${address} in ${texts}`);
    }
  }
});

t.test('a look-up among a hundred thousand costs little more', async (t) => {
  const [few, many] = [lookUpsAmong(100), lookUpsAmong(100_000)];
  let [fewMs, manyMs] = [Infinity, Infinity];
  for (let round = 0; round < 50; round++) {
    fewMs = Math.min(fewMs, few());
    manyMs = Math.min(manyMs, many());
  }
  t.comment(`${(manyMs / fewMs).toFixed(1)} times what it costs among 100`);
  t.ok(manyMs < 50 * fewMs, 'a linear one would make a thousand');
});

t.test('what is no network is refused in words', async (t) => {
  for (const [text, words] of [
    ['10.0.0.0/33', 'expected the length of a prefix, 0 to 32, as in "10.0.0.0/32"'],
    ['::/129', 'expected the length of a prefix, 0 to 128, as in "::/128"'],
    ['10.0.0.0/', 'expected the length of a prefix'],
    ['10.0.0.1/8', 'as in "10.0.0.0/8" or, for that address alone, "10.0.0.1"'],
    ['2001:db8:0:1::1/62', 'since its last 66 bits say nothing, as in "2001:db8::/62"'],
    ['10.0.0/8', 'expected a network, as in "10.0.0.0/8"'],
    ['fe80::1%eth0', 'expected a network'],
    ['10.0.0.0/8/8', 'expected a network'],
    ['example.org', 'expected a network'],
    ['', 'expected a network'],
  ] as const)
    t.throws(() => network(text), { name: 'RangeError', message: words }, text);
});

function quad(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

/** @returns how long a thousand look-ups take in a list of so many networks, each time it is called; milliseconds */
function lookUpsAmong(size: number): () => number {
  const texts = Array.from({ length: size }, (_, n) => `${quad(n * 20_000)}/28`);
  const networks = new Networks(texts);
  const address = addressBytes('120.1.2.3');
  return () => {
    const began = performance.now();
    for (let n = 0; n < 1000; n++) {
      address[1] = n & 255;
      networks.has(address);
    }
    return performance.now() - began;
  };
}
