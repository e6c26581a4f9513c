import t from 'tap';
import { passedSockets, spawnWith } from '../../support/passed-sockets.ts';
import { sharedPort } from '../../support/shared-port.ts';
import { collect, until } from '../../support/site.ts';
import { echoSite, steadyClients } from '../../support/steady-clients.ts';

t.test('a successor gets the sockets, and nobody is lost', sharedPort(), async (t) => {
  const sockets = await passedSockets(t, 2);
  const port = sockets[0]?.port ?? 0;
  const site = await echoSite(t, port, 2);
  const descriptors = sockets.map(({ descriptor }) => descriptor);
  const start = collect(spawnWith(site, descriptors, [site.config, 'start']));
  t.match(await start, { code: 0, stderr: '' });
  const clients = steadyClients(port, 4);
  for (let n = 0; n < 2; n++) {
    const before = site.pid;
    t.match(await site.run('upgrade'), { code: 0, stdout: '', stderr: '' });
    t.not(site.pid, before);
  }
  const { served } = clients;
  await until(() => clients.served > served + 20, 'twenty more');
  await clients.stop();
  t.strictSame(clients.lost, []);
  const told = /listens on what was passed: descriptors 3, 4\n/g;
  await until(() => site.logText.match(told)?.length === 3, 'a line of each director');
  t.match(await site.run('stop'), { code: 0, stderr: '' });
});
