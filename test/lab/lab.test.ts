import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { lab } from '../support/lab.ts';
import { startAgent } from './agent.ts';
import { startApache } from './apache.ts';
import { patternDigest } from './bulk.ts';
import { createNetwork } from './network.ts';

const HAPROXY = `
global
  hard-stop-after 1s
defaults
  mode tcp
  retries 0
  timeout connect 1s
  timeout client 60s
  timeout server 60s
listen web
  bind 10.1.1.19:80
  balance roundrobin
  server web1 10.1.1.21:80
  server web2 10.1.1.22:80
listen bulk
  bind 10.1.1.19:81
  server web1 10.1.1.21:81
`;

t.test(
  'the lab balances with HAProxy: servers, client and load generator tell the truth',
  lab('namespaces', 'apache2', 'haproxy'),
  async (t) => {
    await using network = await createNetwork();
    const director = await network.host('director', '10.1.1.2/24', '10.1.1.19/24');
    const host1 = await network.host('web1', '10.1.1.21/24');
    const host2 = await network.host('web2', '10.1.1.22/24');
    const client = await network.host('client', '10.1.1.100/24');
    await using web1 = await startApache(host1, '80');
    await using web2 = await startApache(host2, '80');
    await using agent = startAgent(client);
    const file = join(t.testdir(), 'haproxy.cfg');
    await writeFile(file, HAPROXY);
    const haproxy = director.spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
    const url = 'http://10.1.1.19/';
    while ((await agent.do('visit', url)).outcome === 'ECONNREFUSED');

    const names = (await agent.do('visits', url, 4)).map(({ body }) =>
      body.slice(-5, -1),
    );
    t.strictSame([...names].sort(), ['web1', 'web1', 'web2', 'web2'], 'both answer');
    t.match((await web1.requests()).at(-1), /^10\.1\.1\.2 GET \/ HTTP\/1\.1 200$/);

    const load = agent.do('load', url, 200);
    await agent.do('visits', url, 50);
    await agent.do('endLoad', url);
    const calm = await load;
    t.ok(calm.length > 5, `${calm.length} connections`);
    t.strictSame(new Set(calm.map(({ outcome }) => outcome)), new Set(['ok']));

    const blind = agent.do('load', url, 200);
    await agent.do('visits', url, 10);
    await host2.killAll();
    while (
      (await agent.do('visits', url, 100)).every(({ outcome }) => outcome === 'ok')
    );
    await agent.do('endLoad', url);
    const lost = (await blind).filter(({ outcome }) => outcome !== 'ok');
    t.ok(
      lost.length > 0,
      'a director without checks loses clients, and the lab sees it',
    );
    t.notOk(lost.some(({ outcome }) => outcome === 'late'));

    await web2.start();
    await host1.cut();
    t.match(await agent.do('visit', 'http://10.1.1.21/', 200), { outcome: 'late' });
    await host1.restore();
    t.match(await agent.do('visit', 'http://10.1.1.21/'), { outcome: 'ok' });

    await using server = startAgent(host1);
    await server.do('serveBulk', 81, 50_000_000);
    const sha256 = await patternDigest(5_000_000);
    const bulk = 'http://10.1.1.19:81';
    t.match(await agent.do('download', `${bulk}/bytes/5000000`, 50_000_000), {
      bytes: 5_000_000,
      sha256,
    });
    t.match(await agent.do('upload', bulk, 5_000_000), { sha256, outcome: 'ok' });
    haproxy.kill('SIGKILL');
  },
);

t.test(
  'a network does not outlive its process, however that ends',
  lab('namespaces'),
  async (t) => {
    const ours = (prefix: string) =>
      readdirSync('/run/netns').filter((name) => name.startsWith(prefix));
    const module = join(import.meta.dirname, 'network.js');
    const script = `
      import { createNetwork } from ${JSON.stringify(module)};
      const network = await createNetwork();
      const host = await network.host('one', '10.1.1.1/24');
      host.spawn('sleep', ['1000'], { stdio: 'ignore', detached: true });
      console.log(host.namespace);
      setInterval(() => {}, 1000);
    `;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
      const args = ['--input-type=module', '--eval', script];
      const child = spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(child.stdout, 'data');
      const prefix = String(line).trim().replace(/one$/, '');
      t.equal(ours(prefix).length, 2, `${prefix} is there`);
      child.kill(signal);
      const [, ended] = await once(child, 'exit');
      t.equal(ended, signal);
      if (signal === 'SIGKILL') await (await createNetwork()).close();
      t.strictSame(ours(prefix), [], `gone after ${signal}`);
    }
  },
);
