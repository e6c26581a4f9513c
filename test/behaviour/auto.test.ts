import t from 'tap';
import type { ServiceStatus } from '../../lib/model/status.ts';
import { createDaemon, type Daemon } from '../lab/daemon.ts';
import { until } from '../support/engine-rig.ts';
import {
  ask,
  type KernelStage,
  kernelStage,
  VIP,
  VIP6,
  WEB1,
} from '../support/kernel-stage.ts';
import { lab } from '../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const INI = '[net]\nengine = auto\n[nftables]\nsnat = yes\n';
const EXACT = 'auto: rr is exact there, and snat is on';
const LAGS = 'nftables: wlc follows there what was counted a moment ago';

/** What `auto` is asked to carry, what it takes, and how a client reaches it. */
const SERVICES = [
  {
    id: `tcp:${VIP}:80`,
    text: `virtual=${VIP}:80\n    real=${WEB1}:80 masq\n    scheduler=rr\n`,
    ...{ engine: 'nftables', reason: EXACT, where: `TCP:${VIP}:80` },
  },
  {
    id: `tcp:${VIP}:81`,
    text: `virtual=${VIP}:81\n    real=${WEB1}:81 masq\n    scheduler=wlc\n`,
    ...{ engine: 'net', reason: LAGS, where: `TCP:${VIP}:81` },
  },
  {
    id: `udp:${VIP}:53`,
    text: `virtual=${VIP}:53\n    real=${WEB1}:53 masq\n    protocol=udp\n    scheduler=rr\n`,
    ...{ engine: 'nftables', reason: EXACT, where: `UDP:${VIP}:53` },
  },
  {
    id: `tcp:[${VIP6}]:80`,
    text: `virtual6=[${VIP6}]:80\n    real6=[2001:db8::21]:80 masq\n    scheduler=rr\n`,
    ...{ engine: 'nftables', reason: EXACT, where: `TCP6:[${VIP6}]:80` },
  },
  {
    id: 'fwm:5',
    text: `virtual=5\n    real=${WEB1}:80 masq\n    scheduler=rr\n`,
    ...{ engine: 'nftables', reason: EXACT, where: `TCP:${VIP}:90` },
  },
];
const CONFIG = [
  'checkinterval=1\nquiescent=yes\nlogfile="/var/log/ldirectord.log"\n',
  ...SERVICES.map(({ text }) => `${text}    checktype=on\n`),
].join('\n');

/** What somebody else does with packets for port 90. */
function mark({ nft }: KernelStage): Promise<string> {
  return nft(
    'table ip marking { chain prerouting { type filter hook prerouting priority -150; tcp dport 90 meta mark set 5; }; }',
  );
}

async function isServed({ client }: KernelStage): Promise<boolean> {
  const answers = await Promise.all(SERVICES.map(({ where }) => ask(client, where)));
  return answers.every((answer) => answer === 'web1');
}

/** Every service as a column of the status. */
async function column(
  daemon: Daemon,
  what: (service: ServiceStatus) => string,
): Promise<string[]> {
  return (await daemon.status()).services.map(what);
}

t.test(
  'auto takes what suits each service, and says why everywhere',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    await mark(stage);
    await using daemon = await createDaemon(stage.director, CONFIG, INI);
    const { stdout: foreseen } = await daemon.command('configtest');
    t.match(await daemon.command('start'), { code: 0 });
    await until(async () =>
      (await column(daemon, ({ state }) => state)).every((state) => state === 'up'),
    );
    await until(() => isServed(stage));
    const log = await daemon.log();
    const { stdout: show } = await daemon.command('show');
    const { services } = await daemon.status();
    for (const [row, { id, engine, reason }] of SERVICES.entries()) {
      const { engineReason } = services[row] ?? {};
      t.match(services[row], { id, engine, engineReason: reason });
      const taken = `${engine} (${engineReason})`;
      t.match(foreseen, `engine of ${id}: ${taken}\n`);
      const label = id.replace(/^(tcp|udp|fwm):/, '');
      t.ok(log.includes(`Engine of virtual server ${label}: ${taken}`), label);
      t.match(show, `${engine}: ${engineReason}`);
    }

    await stage.nft('flush', 'ruleset');
    await mark(stage);
    await until(() => isServed(stage));
    t.strictSame(
      await column(daemon, ({ state }) => state),
      SERVICES.map(() => 'up'),
    );
  },
);
