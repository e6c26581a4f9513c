import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { PrivatePorts } from '../../../../lib/engines/net/capture/private-ports.ts';

t.test('each has a port of its own, and keeps it', async (t) => {
  const ports = new PrivatePorts();
  const one = await ports.of('one', '127.0.0.1');
  const two = await ports.of('two', '127.0.0.1');
  t.ok(one !== undefined && one >= 61_000 && one <= 65_535);
  t.not(one, two);
  t.equal(await ports.of('one', '127.0.0.1'), one);
  ports.keep(new Set(['two']));
  t.equal(await ports.of('three', '127.0.0.1'), one, 'the first one was let go');
});

t.test('a port on which somebody listens is passed over', async (t) => {
  const first = (await new PrivatePorts().of('a', '127.0.0.1')) ?? 0;
  const holder = createServer().listen(first, '0.0.0.0');
  t.teardown(() => holder.close());
  await once(holder, 'listening');
  t.not(await new PrivatePorts().of('a', '127.0.0.1'), first);
});

t.test('the address need not be on this host', async (t) => {
  t.type(await new PrivatePorts().of('a', '192.0.2.1'), 'number');
});
