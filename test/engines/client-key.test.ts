import t from 'tap';
import { askedKey, clientKey, clientName } from '../../lib/engines/client-key.ts';
import { addressBytes } from '../../lib/model/address-bytes.ts';

t.test('clients are told apart by the bits of the netmask only', async (t) => {
  const same = (mask: string | undefined, a: string, b: string) =>
    clientKey(mask)(addressBytes(a)) === clientKey(mask)(addressBytes(b));
  t.ok(same('255.255.255.0', '10.0.0.1', '10.0.0.254'));
  t.notOk(same('255.255.255.0', '10.0.0.1', '10.0.1.1'));
  t.ok(same('255.0.255.0', '10.9.0.1', '10.0.0.7'), 'a mask with a hole');
  t.notOk(same(undefined, '10.0.0.1', '10.0.0.2'));
  t.ok(same('64', '2001:db8::1', '2001:db8::ffff'));
  t.notOk(same('64', '2001:db8::1', '2001:db8:0:1::1'));
  t.ok(same('61', '2001:db8::1', '2001:db8:0:7::1'), 'within a byte');
  t.notOk(same('61', '2001:db8::1', '2001:db8:0:8::1'));
  t.notOk(same('128', '::1', '::2'));
});

t.test(
  'operators see addresses, and networks where a mask leaves some out',
  async (t) => {
    const name = (address: string, mask?: string) =>
      clientName(clientKey(mask)(addressBytes(address)), mask);
    for (const [address, mask, seen] of [
      ['192.0.2.7', undefined, '192.0.2.7'],
      ['192.0.2.7', '255.255.255.255', '192.0.2.7'],
      ['192.0.2.7', '255.255.254.0', '192.0.2.0/23'],
      ['192.9.2.7', '255.0.255.0', '192.0.2.0/255.0.255.0'],
      ['192.0.2.7', '0.0.0.0', '0.0.0.0/0'],
      ['2001:db8:0:0::7', undefined, '2001:db8::7'],
      ['2001:db8::7', '128', '2001:db8::7'],
      ['2001:db8:1:2:3::7', '64', '2001:db8:1:2::/64'],
    ] as const)
      t.equal(name(address, mask), seen);
  },
);

t.test('a client is asked for by an address of its, or by its network', async (t) => {
  const key = clientKey('255.255.255.0');
  const known = key(addressBytes('192.0.2.7'));
  t.equal(askedKey('192.0.2.200', key), known);
  t.equal(askedKey('192.0.2.0/24', key), known);
  t.not(askedKey('192.0.3.7', key), known);
  for (const none of ['', 'www', '192.0.2', '/24'])
    t.equal(askedKey(none, key), undefined);
});
