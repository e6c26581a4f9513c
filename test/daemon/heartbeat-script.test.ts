import { join } from 'node:path';
import t from 'tap';
import { balanced, body, pidOf } from '../support/balanced-host.ts';
import { lab } from '../support/lab.ts';
import { copyOf } from '../support/packaged.ts';

const NEEDS = ['root', 'namespaces', 'ldirectord'] as const;
const RESOURCE = 'etc/ha.d/resource.d/l4director';
/** What is on the private host. */
const PROGRAM = '/usr/sbin/ldirectord';

t.test("Heartbeat's script says its words, cold and warm", lab(...NEEDS), async (t) => {
  const { host, url } = await balanced(t);
  const script = copyOf(RESOURCE, join(host.site.folder, 'l4director'), PROGRAM);
  const call = async (...words: readonly string[]) => {
    const { code, stdout } = await host.run(script, ...words);
    return [code, stdout];
  };
  const cold = (action: string) => call(host.site.config, action);
  t.same(await cold('status'), [3, 'stopped\n']);
  t.same(await cold('stop'), [0, '']);
  t.match(await cold('start'), [0]);
  t.equal(await body(url), 'Test Page');
  t.same(await cold('status'), [0, 'running\n']);
  t.match(await cold('start'), [0]);
  t.match(await cold('stop'), [0]);
  t.same(await cold('status'), [3, 'stopped\n']);

  const warm = (action: string) => call(host.site.config, 'warm', action);
  t.match(await warm('start'), [0]);
  const pid = await pidOf(host);
  t.same(await warm('status'), [0, 'running\n']);
  t.match(await warm('stop'), [0]);
  t.same(await warm('status'), [3, 'stopped\n']);
  t.equal(await pidOf(host), pid);
  t.match(await warm('start'), [0]);
  t.same(await warm('status'), [0, 'running\n']);
  process.kill(pid, 'SIGSTOP');
  const began = performance.now();
  t.match(await warm('stop'), [0], 'one that hangs');
  t.ok(performance.now() - began < 30_000);
  t.same(await warm('status'), [3, 'stopped\n']);

  t.match(await host.run(PROGRAM, host.site.config, 'start'), { code: 0 });
  t.same(
    await warm('status'),
    [3, 'stopped\n'],
    'it was not told to be the active one',
  );
  await host.run('sh', '-c', ': >/run/ldirectord.a.cf.pid');
  t.same(await cold('status'), [0, 'running\n']);
  t.match(await cold('stop'), [0]);
  t.same(await cold('status'), [3, 'stopped\n']);
  t.match(await host.run(PROGRAM, host.site.config, 'ready', 'director'), { code: 1 });
  t.match(await call('a', 'b', 'c', 'd'), [2]);
  t.match(await call('jump'), [2]);
});
