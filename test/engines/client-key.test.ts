import t from 'tap';
import { clientKey } from '../../lib/engines/client-key.ts';
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
