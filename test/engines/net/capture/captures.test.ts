import t from 'tap';
import { Captures } from '../../../../lib/engines/net/capture/captures.ts';
import { aService, OPTIONS } from '../../../support/config.ts';

const options = { ...OPTIONS, capture: true };

/** Nothing is asked of the kernel: no listener has been opened yet. */
function captures(instance: string | undefined): Captures {
  return new Captures({
    instance,
    proc: '/nowhere',
    changed: () => {},
  });
}

t.test('a TCP service with an address of its own is captured', async (t) => {
  const service = aService({ address: '127.0.0.1', options });
  const on = captures('a');
  await on.expect([service]);
  const { port, ...place } = on.placeOf({ service, servers: [] });
  t.ok(port >= 61_000, String(port));
  t.match(place, { id: service.id, protocol: 'tcp', address: '127.0.0.1' });
});

for (const [what, fields] of Object.entries({
  'of UDP': { protocol: 'udp', options },
  'of every address': { address: '0.0.0.0', options },
  'of every IPv6 address': { address: '::', options },
  'without capture = yes': { options: OPTIONS },
} as const))
  t.test(`a service ${what} listens as it would without`, async (t) => {
    const service = aService(fields);
    const on = captures('a');
    await on.expect([service]);
    t.equal(on.placeOf({ service, servers: [] }).port, 80);
  });

t.test('an engine without a name captures nothing', async (t) => {
  const service = aService({ options });
  const on = captures(undefined);
  await on.expect([service]);
  t.equal(on.portOf(service), 80);
});
