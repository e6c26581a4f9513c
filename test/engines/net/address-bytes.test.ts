import t from 'tap';
import { addressBytes } from '../../../lib/engines/net/address-bytes.ts';
import { clientKey } from '../../../lib/engines/net/worker/client-key.ts';

t.test('an address is its bytes, mapped IPv4 is IPv4', async (t) => {
  const cases = {
    '10.1.2.255': '0a0102ff',
    '::ffff:10.1.2.255': '0a0102ff',
    '::': '00'.repeat(16),
    '::1': `${'00'.repeat(15)}01`,
    '2001:db8::a:0:1': '20010db8000000000000000a00000001',
    'fe80::1%eth0': `fe80${'00'.repeat(13)}01`,
    '64:ff9b::1.2.3.4': `0064ff9b${'00'.repeat(8)}01020304`,
    '1:2:3:4:5:6:7:8': '00010002000300040005000600070008',
    '': '',
  };
  for (const [text, hex] of Object.entries(cases))
    t.equal(Buffer.from(addressBytes(text)).toString('hex'), hex, text);
});

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
