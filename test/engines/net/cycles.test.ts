import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { ending, rigFor, serverAt } from '../../support/engine-rig.ts';

const at = ({ address = '', port = 0 }: VirtualService) => serverAt(address, port);

t.test('services that lead to each other are not dialled, a chain is', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const [a, b, c] = [await rig.service(), await rig.service(), await rig.service()];
  const server = await rig.server((socket) => socket.end('at the end of the chain'));
  const chain = [
    { service: a, servers: [at(b)] },
    { service: b, servers: [at(c)] },
  ];
  const accepted = async () => {
    const all = await Promise.all([a, b, c].map((service) => rig.stats(service)));
    return all.map(({ acceptedConnections }) => acceptedConnections);
  };

  await rig.engine.apply([...chain, { service: c, servers: [at(a)] }]);
  t.equal(await ending(await rig.client(a)), 'ECONNRESET');
  t.strictSame(await accepted(), [1, 0, 0], 'led nowhere');

  await rig.engine.apply([...chain, { service: c, servers: [server.entry()] }]);
  t.equal(await rig.ask(a), 'at the end of the chain');
  t.strictSame(await accepted(), [2, 1, 1]);

  await rig.engine.apply([...chain, { service: c, servers: [at(a)] }]);
  t.equal(await ending(await rig.client(a)), 'ECONNRESET', 'and then not any more');
});
