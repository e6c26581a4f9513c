import { execFile } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { lab } from '../../support/lab.ts';

const DIRECTOR = new URL(
  `./fixtures/namespace-director${extname(import.meta.url)}`,
  import.meta.url,
);
const run = promisify(execFile);
/** Source ports where they run out: 28232 is all that Linux has of its own accord. */
const { PORTS = '100' } = process.env;
const SCENE_MS = 60_000 + Number(PORTS) * 30;

t.setTimeout(4 * SCENE_MS);

/** Runs a scene in a namespace without a name, which ends with the process. */
async function scene(name: string) {
  const args = ['-n', process.execPath, fileURLToPath(DIRECTOR), name];
  const env = { ...process.env, PORTS };
  const { stdout } = await run('unshare', args, { timeout: SCENE_MS, env });
  return JSON.parse(stdout);
}

t.test(
  'an address is bound as soon as it appears',
  lab('root', 'namespaces'),
  async (t) => {
    const seen = await scene('waiting');
    t.match(seen.before, [{ state: 'waiting-for-address', problem: '10.9.9.9' }]);
    t.same(seen.outcome, { id: 'tcp:10.9.9.9:80', state: 'carried' });
    t.equal(seen.answer, 'here');
    t.ok(seen.boundAfterMs < 5000, 'well before the blind retry');
  },
);

t.test(
  'a UDP service at every address answers as the one asked, new ones included',
  lab('root', 'namespaces'),
  async (t) => {
    t.same(await scene('everyAddress'), { first: 'here', second: 'here' });
  },
);

t.test(
  'without source ports another server is tried, and none is blamed',
  lab('root', 'namespaces'),
  async (t) => {
    const { names, notice, stats } = await scene('sourcePorts');
    t.match(names.join(''), /^a+b+$/, 'all were served, the last ones elsewhere');
    const elsewhere = names.filter((one: string) => one === 'b').length;
    t.match(notice.message, 'net.ipv4.ip_local_port_range');
    t.match(notice.message, 'net.ipv4.tcp_tw_reuse');
    t.match(stats, { refusedConnections: 0, retries: elsewhere });
    t.same(
      stats.servers.map(
        (server: { connectFailures: number }) => server.connectFailures,
      ),
      [0, 0],
    );
  },
);

t.test(
  'without source ports a UDP session is refused, and no server blamed',
  lab('root', 'namespaces'),
  async (t) => {
    const { answers, notice, stats } = await scene('udpSourcePorts');
    t.same(answers, ['here', 'here', 'here', 'here', 'nothing', 'nothing']);
    t.match(notice.message, 'net.ipv4.ip_local_port_range');
    t.match(stats, {
      acceptedConnections: 6,
      refusedConnections: 2,
      servers: [{ activeConnections: 4, connectFailures: 0 }],
    });
  },
);

t.test(
  'an address of source has every port once, over all real servers',
  { timeout: SCENE_MS, ...lab('root', 'namespaces') },
  async (t) => {
    const seen: Record<string, readonly (readonly [number, number])[]> =
      await scene('sources');
    for (const [how, addresses] of Object.entries({
      '0 to 1': 1,
      '0 to 2': 2,
      '1 to 1': 1,
      '1 to 2': 1,
      '2 to 1': 2,
      '2 to 2': 2,
    })) {
      const servers = seen[how] ?? [];
      const places = addresses * Number(PORTS);
      const open = servers.reduce((sum, [its]) => sum + its, 0);
      t.ok(Math.abs(open - places) <= 4, `${how}: ${open} of ${places}`);
      t.ok(servers.every(([, failures]) => failures === 0));
    }
  },
);

t.test(
  'a client halfway through the handshake is served, though the service leaves',
  lab('root', 'namespaces', 'nft'),
  async (t) => {
    t.strictSame(await scene('halfway'), { answer: 'here' });
  },
);
