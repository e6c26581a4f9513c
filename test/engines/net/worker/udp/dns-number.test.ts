import t from 'tap';
import { dnsNumber } from '../../../../../lib/engines/net/worker/udp/dns-number.ts';

t.test('a DNS message begins with its number', async (t) => {
  t.equal(dnsNumber(Buffer.from(`1234${'00'.repeat(10)}`, 'hex')), 0x1234);
  t.equal(dnsNumber(Buffer.alloc(12)), 0);
  t.equal(dnsNumber(Buffer.alloc(11, 'x')), -1, 'too short to be one');
  t.equal(dnsNumber(Buffer.alloc(0)), -1);
});
