import t from 'tap';
import { proxyHeader } from '../../lib/model/proxy-header.ts';

const FOUR = {
  ...{ remoteAddress: '192.0.2.7', remotePort: 51_234 },
  ...{ localAddress: '10.1.1.19', localPort: 80 },
};
const SIX = {
  ...{ remoteAddress: '2001:db8::7', remotePort: 51_234 },
  ...{ localAddress: 'fe80::1%eth0', localPort: 443 },
};
const SIGNATURE = '0d0a0d0a000d0a515549540a';

const hex = (...parts: Parameters<typeof proxyHeader>) =>
  proxyHeader(...parts).toString('hex');
const text = (ends?: Parameters<typeof proxyHeader>[1]) =>
  proxyHeader('v1', ends).toString('latin1');

t.test('version 1 is a line', (t) => {
  t.equal(text(FOUR), 'PROXY TCP4 192.0.2.7 10.1.1.19 51234 80\r\n');
  t.equal(text(SIX), 'PROXY TCP6 2001:db8::7 fe80::1 51234 443\r\n');
  t.equal(text(), 'PROXY UNKNOWN\r\n');
  t.equal(text({ ...FOUR, remoteAddress: undefined }), 'PROXY UNKNOWN\r\n');
  t.end();
});

t.test('version 2 is binary', (t) => {
  t.equal(hex('v2', FOUR), `${SIGNATURE}2111000cc00002070a010113c8220050`);
  const [client, asked] = [
    '20010db8000000000000000000000007',
    'fe800000000000000000000000000001',
  ];
  t.equal(hex('v2', SIX), `${SIGNATURE}21210024${client}${asked}c82201bb`);
  t.equal(hex('v2'), `${SIGNATURE}20000000`);
  t.end();
});

t.test('IPv4 within IPv6 is IPv4, and beside IPv6 it is written as such', (t) => {
  const mapped = {
    ...FOUR,
    remoteAddress: '::ffff:192.0.2.7',
    localAddress: '::ffff:10.1.1.19',
  };
  t.equal(text(mapped), text(FOUR));
  t.equal(hex('v2', mapped), hex('v2', FOUR));
  const mixed = { ...FOUR, localAddress: '2001:db8::1' };
  t.equal(text(mixed), 'PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 51234 80\r\n');
  t.equal(
    hex('v2', mixed),
    `${SIGNATURE}2121002400000000000000000000ffffc000020720010db8000000000000000000000001c8220050`,
  );
  t.end();
});
