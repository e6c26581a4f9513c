import t from 'tap';
import { Captures } from '../../../../lib/engines/net/capture/captures.ts';
import type { VirtualService } from '../../../../lib/model/virtual-service.ts';
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

t.test('a service that was passed its own port is not captured', async (t) => {
  const service = aService({ address: '127.0.0.1', options });
  const isPassed = ({ id }: VirtualService) => id === service.id;
  const on = new Captures({
    ...{ instance: 'a', proc: '/nowhere' },
    isPassed,
    changed: () => {},
  });
  await on.expect([service]);
  t.match(on.placeOf({ service, servers: [] }), { port: 80, isPassed: true });
});

t.test('an engine without a name captures nothing', async (t) => {
  const service = aService({ options });
  const on = captures(undefined);
  await on.expect([service]);
  t.equal(on.portOf(service), 80);
});

t.test('only where capture would help it is offered', async (t) => {
  const may = (instance: string | undefined, fields: Partial<VirtualService> = {}) => {
    const service = aService({ options: OPTIONS, ...fields });
    return captures(instance).placeOf({ service, servers: [] }).mayBeCaptured;
  };
  t.equal(may('a'), true);
  t.equal(may('a', { options }), false, 'it has it');
  t.equal(may('a', { protocol: 'udp' }), false);
  t.equal(may('a', { address: '::' }), false);
  t.equal(may(undefined), false, 'an engine that captures nothing');
});

t.test('no port of a service is a private one', async (t) => {
  const service = aService({ address: '127.0.0.1', options });
  const first = captures('a');
  await first.expect([service]);
  const other = aService({ address: '127.0.0.1', port: first.portOf(service) });
  const on = captures('a');
  await on.expect([service, other]);
  t.not(on.portOf(service), other.port);
});

t.test('a private port that is taken is exchanged for another', async (t) => {
  const service = aService({ address: '127.0.0.1', options });
  const on = captures('a');
  await on.expect([service]);
  const before = on.portOf(service);
  const moved = await on.move([service.id, 'tcp:10.9.9.9:80']);
  t.strictSame([...moved], [[service.id, on.portOf(service)]]);
  t.not(on.portOf(service), before);
  await on.expect([service]);
  t.equal(on.portOf(service), moved.get(service.id), 'and kept');
});
