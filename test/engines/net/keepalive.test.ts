import { readFileSync } from 'node:fs';
import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { rigFor, tableOf, until } from '../../support/engine-rig.ts';

/** Of the sockets that are open to, or at, a port: whether the kernel's keepalive timer runs.
 *  Source: proc(5), /proc/net/tcp. */
function keptAlive(side: 'local' | 'remote', port: number): readonly boolean[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local = '', remote = '', state, , timer = ''] = row.trim().split(/\s+/);
    const place = side === 'local' ? local : remote;
    if (state !== '01' || !place.endsWith(`:${hex}`)) return [];
    return [timer.startsWith('02:')];
  });
}

async function connected(test: Parameters<typeof rigFor>[0], keepaliveMs: number) {
  const rig = rigFor(test, createNetEngine());
  const service = await rig.service({}, { keepaliveMs });
  const server = await rig.server(() => {});
  await rig.engine.apply(tableOf(service, server.entry()));
  await rig.client(service);
  await rig.connections(service, 1);
  const { port } = server.entry();
  return () => [...keptAlive('local', service.port ?? 0), ...keptAlive('remote', port)];
}

t.test('after the time without a byte both sides are asked', async (t) => {
  const timers = await connected(t, 4000);
  t.strictSame(timers(), [false, false], 'not from the beginning on');
  await until(() => timers().every(Boolean));
  t.equal(timers().length, 2);
});

t.test('keepalive = no asks nobody', async (t) => {
  const timers = await connected(t, Infinity);
  await new Promise((wait) => setTimeout(wait, 2500));
  t.strictSame(timers(), [false, false]);
});
