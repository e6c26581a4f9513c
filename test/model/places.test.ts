import t from 'tap';
import { Places } from '../../lib/model/places.ts';
import { aReal } from '../support/config.ts';

/** Whether what is sent to the second place comes to a service at the first one, on a host with 192.0.2.7. */
const CASES = [
  ['10.1.1.19:80', '10.1.1.19:80', true],
  ['10.1.1.19:80', '10.1.1.19:8080', false],
  ['10.1.1.19:80', '127.0.0.1:80', false],
  ['0.0.0.0:80', '127.0.0.1:80', true],
  ['0.0.0.0:80', '127.1.2.3:80', true],
  ['0.0.0.0:80', '192.0.2.7:80', true],
  ['0.0.0.0:80', '192.0.2.8:80', false],
  ['[2001:db8::1]:80', '[2001:db8:0:0::1]:80', true],
  ['[::]:80', '127.0.0.1:80', false],
  ['[::]:80', '[::1]:80', true],
  // A connect to no address goes to loopback.
  ['127.0.0.1:80', '0.0.0.0:80', true],
  ['127.0.0.2:80', '0.0.0.0:80', false],
  ['10.1.1.19:80', '0.0.0.0:80', false],
  ['0.0.0.0:80', '0.0.0.0:80', true],
  ['[::1]:80', '[::]:80', true],
  ['[::1]:80', '[0:0::0]:80', true],
  ['[::]:80', '[::]:80', true],
  // Port 0 takes every port.
  ['10.1.1.19:0', '10.1.1.19:8080', true],
  ['10.1.1.19:0', '10.1.1.20:8080', false],
] as const;

const isOwn = (address: string) => address === '192.0.2.7';
const serviceAt = (place: string) => ({ protocol: 'tcp' as const, ...aReal(place) });

for (const [place, server, comes] of CASES)
  t.test(`${server} ${comes ? 'comes' : 'does not come'} to ${place}`, async (t) => {
    const service = serviceAt(place);
    const places = new Places([service]);
    t.equal(places.at('tcp', aReal(server), isOwn), comes ? service : undefined);
    t.equal(places.at('udp', aReal(server), isOwn), undefined);
  });

t.test('the narrower service takes it', async (t) => {
  const all = ['0.0.0.0:0', '0.0.0.0:80', '127.0.0.1:0', '127.0.0.1:80'].map(serviceAt);
  while (all.length > 0) {
    const found = new Places(all).at('tcp', aReal('127.0.0.1:80'), isOwn);
    t.equal(found, all.pop());
  }
});
