import t from 'tap';
import {
  dnsNumber,
  isDnsQuery,
} from '../../../../../lib/engines/net/worker/udp/dns-message.ts';

t.test('a DNS message begins with its number', async (t) => {
  t.equal(dnsNumber(Buffer.from(`1234${'00'.repeat(10)}`, 'hex')), 0x1234);
  t.equal(dnsNumber(Buffer.alloc(12)), 0);
  t.equal(dnsNumber(Buffer.alloc(11, 'x')), -1, 'too short to be one');
  t.equal(dnsNumber(Buffer.alloc(0)), -1);
});

t.test('a query is what a server is to answer', async (t) => {
  const message = (third: number, length = 12) => {
    const bytes = Buffer.alloc(length);
    bytes[2] = third;
    return bytes;
  };
  t.ok(isDnsQuery(message(0x01)));
  t.ok(isDnsQuery(message(0x00, 40)));
  t.notOk(isDnsQuery(message(0x81, 40)), 'an answer');
  t.notOk(isDnsQuery(message(0x01, 11)), 'too short');
  t.notOk(isDnsQuery(Buffer.alloc(0)));
});
