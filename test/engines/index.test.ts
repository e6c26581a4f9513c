import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import t from 'tap';
import { ENGINES } from '../../lib/engines/index.ts';
import { entry, serverEntry, virtualService } from '../support/service-table.ts';

t.test('connections go to the servers in turn', async (t) => {
  const servers = [];
  for (const name of ['a', 'b']) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(name);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const address = server.address();
    if (address && typeof address === 'object') servers.push(serverEntry(address));
  }
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const place = free.address();
  free.close();
  await once(free, 'close');
  const port = place && typeof place === 'object' ? place.port : 0;
  const engine = ENGINES.net.create({});
  t.teardown(() => engine.close({ clean: true }));
  const service = virtualService('127.0.0.1', port);
  t.same(await engine.apply([entry(service, ...servers)]), [
    { id: service.id, state: 'carried' },
  ]);
  const answers = [];
  for (let i = 0; i < 4; i++) {
    const client = connect(port, '127.0.0.1');
    let text = '';
    for await (const chunk of client) text += chunk;
    answers.push(text);
  }
  t.same(answers, ['a', 'b', 'a', 'b']);
});
