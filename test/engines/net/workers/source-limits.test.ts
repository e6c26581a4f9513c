import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { rigFor, tableOf, until } from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';

t.test('a source has its connections over all workers', sharedPort(), async (t) => {
  const rig = rigFor(t, createNetEngine({ workers: 4 }));
  const service = await rig.service({}, { sourceConnections: 10 });
  const server = await rig.server((socket) => socket.write('hello'));
  await rig.engine.apply(tableOf(service, server.entry()));
  const clients = await Promise.all(
    Array.from({ length: 60 }, () => rig.client(service, '127.0.0.7')),
  );
  for (const client of clients) client.resume();
  await until(() => clients.every((one) => one.bytesRead > 0 || one.destroyed));
  t.equal(clients.filter(({ bytesRead }) => bytesRead > 0).length, 10);
  const carried = rig.engine.workers().filter((one) => one.acceptedConnections > 0);
  t.ok(carried.length > 1, 'more than one worker had some of them');
});
