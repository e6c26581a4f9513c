import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { canShare } from '../../../lib/engines/net/crew/worker-count.ts';
import { lab } from '../../support/lab.ts';
import { startNameServer } from '../../support/name-server.ts';
import { stage, webs } from '../../support/names-stage.ts';

const { node } = process.versions;
const NEEDS = canShare(node)
  ? lab('root', 'named')
  : { skip: `Node ${node} cannot share an address` };

t.test('a successor begins with the last answers', NEEDS, async (t) => {
  const { port } = await webs(t, 2);
  const dns = await startNameServer(t, ['www 1 A 127.0.0.2', 'www 1 A 127.0.0.3']);
  const from = `www.lab.test:${port} masq`;
  const { site, has, get } = await stage(t, dns, from, 'timeout = 500ms');
  await site.run('start');
  await has('127.0.0.2', '127.0.0.3');
  await delay(1_500); // what is learned is written within a second
  await dns.kill();
  const before = site.pid;
  t.match(await site.run('upgrade'), { code: 0, stderr: '' });
  t.not(site.pid, before);
  await has('127.0.0.2', '127.0.0.3');
  for (let n = 0; n < 10; n++) t.match(await get(), /^127\.0\.0\.[23]$/);
  t.match(site.logText, /its last servers are kept/);
});
