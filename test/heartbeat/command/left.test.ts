import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { createNetwork, type Host } from '../../lab/network.ts';
import { lab } from '../../support/lab.ts';
import { commandLine, until } from '../../support/site.ts';

const NEEDS = lab('root', 'namespaces');
const PROGRAM = fileURLToPath(new URL('../../../bin/l4heartbeat.js', import.meta.url));
const VIRTUAL = ['10.1.1.19/24', '10.1.1.18/24', '2001:db8::19/64'];

/** A host on which a node was killed. Its ha.cf is not good: nothing but what comes first is done. */
async function left(t: Test, haCf = 'nonsense\n') {
  const network = await createNetwork();
  t.teardown(() => network.close());
  // The address is the first of its network, which the kernel takes with all others.
  const host = await network.host('lb1', ...VIRTUAL, '10.1.1.2/24', '10.1.1.20/24');
  await host.run('ip', 'address', 'add', '10.1.1.19/32', 'dev', 'lo');
  const folder = join(host.folder, 'ha.d');
  await mkdir(folder);
  await writeFile(join(folder, 'ha.cf'), haCf);
  await writeFile(join(folder, 'authkeys'), 'auth 1\n1 crc\n');
  await chmod(join(folder, 'authkeys'), 0o600);
  const lines = [
    'lb1 10.1.1.19 IPv6addr::2001:db8::19/64 httpd',
    'lb9 10.1.1.18/24/eth0',
  ];
  await writeFile(join(folder, 'haresources'), `${lines.join('\n')}\n`);
  return { host, folder };
}

async function play(host: Host, folder: string, ...words: string[]) {
  const places = ['--ha-dir', '--state-dir', '--run-dir'].flatMap((o) => [o, folder]);
  const args = [PROGRAM, '--name', 'lb1', ...places, ...words];
  return host
    .run(process.execPath, ...args)
    .then(() => ({ code: 0, stderr: '' }))
    .catch(({ code, stderr }) => ({ code, stderr }));
}

async function addresses(host: Host): Promise<readonly string[]> {
  const shown = await host.run('ip', '-json', 'address', 'show', 'scope', 'global');
  const links: { addr_info?: { local?: string }[] }[] = JSON.parse(shown);
  return links
    .flatMap(({ addr_info = [] }) => addr_info.flatMap(({ local }) => local ?? []))
    .sort();
}

for (const words of [[], ['release']])
  t.test(
    `${words[0] ?? 'a start'}: what a killed run has left goes first, whatever else is wrong`,
    NEEDS,
    async (t) => {
      const { host, folder } = await left(t);
      const { code, stderr } = await play(host, folder, ...words);
      t.equal(code, 6, 'ha.cf is not good');
      t.match(
        stderr,
        /^l4heartbeat: 10.1.1.19 was on eth0, left by an earlier run: it is gone/m,
      );
      const kept = ['10.1.1.19', '10.1.1.2', '10.1.1.20'];
      t.same(await addresses(host), kept, 'that of the loopback is not ours');
    },
  );

t.test('nothing goes where a node runs, nor by what asks it', NEEDS, async (t) => {
  const { host, folder } = await left(t);
  const before = await addresses(host);
  await play(host, folder, 'status');
  await play(host, folder, 'configtest');
  t.same(await addresses(host), before);
  const server = createServer().listen(join(folder, 'l4heartbeat.sock'));
  t.teardown(() => server.close());
  const end = await play(host, folder);
  t.equal(end.code, 6, 'a unit need not try again');
  t.match(end.stderr, /^l4heartbeat: another l4heartbeat runs on this host already/m);
  t.same(await addresses(host), before, 'one of this program');
  server.close();
  const other = host.spawn('sh', ['-c', 'while :; do sleep 1; done', 'heartbeat']);
  await writeFile(join(folder, 'heartbeat.pid'), `${other.pid}\n`);
  await play(host, folder);
  t.same(await addresses(host), before, "Debian's");
});

t.test('nothing starts and stops beside a Heartbeat', NEEDS, async (t) => {
  const good = 'node lb1 lb9\nbcast eth0\nauto_failback on\nlogfacility none\n';
  const { host, folder } = await left(t, good);
  const heartbeat = host.spawn('bash', [
    '-c',
    'exec -a "heartbeat: master control process" sleep 1000',
  ]);
  const isNamed = () =>
    commandLine(heartbeat.pid)[0]?.startsWith('heartbeat: ') ?? false;
  await until(isNamed, 'it to have its name');
  const pidFile = join(folder, 'heartbeat.pid');
  await writeFile(pidFile, `${heartbeat.pid}\n`);
  const before = await addresses(host);
  for (const [words, code] of [
    [['start'], 6],
    [['release'], 1],
  ] as const) {
    const end = await play(host, folder, ...words);
    t.equal(end.code, code, words[0]);
    t.match(end.stderr, /^l4heartbeat: Heartbeat runs on this host \(process \d+\)/m);
    t.same(await addresses(host), before);
    t.equal(await readFile(pidFile, 'utf8'), `${heartbeat.pid}\n`);
  }
});
