import { once } from 'node:events';
import { createServer } from 'node:http';
import t, { type Test } from 'tap';
import { answerRequests } from '../../../lib/control/answer.ts';
import { apiRoutes } from '../../../lib/control/api/index.ts';
import { boundClients } from '../../../lib/control/clients.ts';
import type { Asker } from '../../../lib/control/routes.ts';
import { openContract } from '../../support/contract.ts';
import { ask, controlOptions } from '../../support/control.ts';
import { socketPath } from '../../support/socket-path.ts';

const REAL = '/v1/services/tcp:10.1.1.19:80/reals/10.1.1.21:80';

/** A server whose clients are who they are said to be. */
async function serve(t: Test, asker: Asker) {
  const path = socketPath(t);
  const options = controlOptions(path);
  const server = createServer();
  const held = { follower: 1, waiter: 1 };
  const limits = { most: 8, silenceMs: 10_000, lifetimeMs: 30_000, held };
  const clients = boundClients([server], limits);
  const sources = { ...options, families: async () => [], failed() {} };
  answerRequests(server, { routes: apiRoutes(sources), clients, asker: () => asker });
  server.listen(path);
  await once(server, 'listening');
  t.teardown(() => {
    clients.drop();
    server.close();
  });
  return { path, desk: options.desk };
}

t.test(
  'one who may not change anything is answered, and refused a change',
  async (t) => {
    let named = 0;
    const name = async () => `uid ${named++}`;
    const { path, desk } = await serve(t, { mayChange: false, name });
    const { hold, rows } = await openContract(t, path);
    const ids: Readonly<Record<string, string>> = {
      service: 'tcp:10.1.1.19:80',
      real: '10.1.1.21:80',
      id: '0-17',
    };
    const headers = { accept: 'application/json' };
    for (const row of rows) {
      const url = row
        .split(' ')[1]
        ?.replace(/\{(\w+)\}/g, (_, word) => ids[word] ?? '');
      const { status } = await hold(row, url, { headers });
      t.equal(status, row.startsWith('GET ') ? 200 : 403, row);
    }
    t.same([desk.told, named], [[], 0], 'nobody was asked who they are');
  },
);

t.test('a change says who asked for it, a question asks nobody', async (t) => {
  let named = 0;
  const name = async () => `uid ${++named} (anna)`;
  const { path, desk } = await serve(t, { mayChange: true, name });
  await ask(path, '/v1/services');
  await ask(path, REAL, { method: 'PATCH', body: '{"weight": -1}' });
  await ask(path, REAL, { method: 'PATCH', body: '{"weight": 1}' });
  await ask(path, '/v1/connections?server=10.1.1.21:80', { method: 'DELETE' });
  t.match(desk.told, [/ by uid 1 \(anna\)$/, / by uid 2 \(anna\)$/]);
});

t.test('one whose name takes too long is unknown', async (t) => {
  const name = () => new Promise<string>(() => {});
  const { path, desk } = await serve(t, { mayChange: true, name });
  await ask(path, REAL, { method: 'PATCH', body: '{"weight": 1}' });
  t.match(desk.told, [/ by unknown$/]);
});
