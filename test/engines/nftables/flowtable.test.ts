import t from 'tap';
import type { EngineEvent } from '../../../lib/model/engine.ts';
import { createDaemon } from '../../lab/daemon.ts';
import { lost, PORT, URL, withLoad } from '../../support/kernel-load.ts';
import {
  ask,
  entry,
  type KernelStage,
  kernelStage,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const SOON = 15_000;
/** No kernel has the second. */
const DEVICES = ['eth0', 'nowhere9'];
const REFUSED = /\[nftables\] flowtable: no flowtable over eth0, nowhere9 \(nft: /;

/** Whether the kernel itself takes a flowtable over a device that is there. */
async function hasFlowtables({ nft }: KernelStage): Promise<boolean> {
  const flowtable = '{ hook ingress priority 0; devices = { eth0 }; }';
  const asked = nft('-c', `add table inet try; add flowtable inet try f ${flowtable}`);
  return asked.then(
    () => true,
    () => false,
  );
}

async function noticed(events: AsyncIterable<EngineEvent>): Promise<EngineEvent[]> {
  const told: EngineEvent[] = [];
  for await (const event of events) told.push(event);
  return told;
}

t.test('a flowtable that the kernel refuses is told of once', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine({ flowtable: DEVICES });
  t.match(await engine.apply([entry()]), [{ state: 'carried' }]);
  await engine.apply([entry({ scheduler: 'wrr' })]);
  t.equal(await ask(stage.client, `TCP:${VIP}:80`), 'web1', 'all is forwarded');
  t.notMatch(await stage.nft('list', 'ruleset'), /flowtable|\bforward\b/);
  await engine.close({ clean: true });
  const told = await noticed(engine.events);
  t.match(told, [{ type: 'notice', message: REFUSED }]);
  t.equal(told.length, 1);
});

t.test(
  'a kernel without flowtables says so of devices that are there',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    if (await hasFlowtables(stage)) {
      t.pass('what it says without', { skip: 'this kernel has flowtables' });
      return;
    }
    const engine = stage.engine({ flowtable: ['eth0'] });
    t.match(await engine.apply([entry()]), [{ state: 'carried' }]);
    t.equal(await ask(stage.client, `TCP:${VIP}:80`), 'web1');
    await engine.close({ clean: true });
    const [told] = await noticed(engine.events);
    t.match(told, {
      message: /over eth0 .*modprobe -a nf_flow_table nft_flow_offload/,
    });
  },
);

const CONFIG = `
checkinterval=1
checktimeout=3
logfile="/var/log/ldirectord.log"
virtual=${VIP}:${PORT}
    real=${WEB1}:${PORT} masq
    real=${WEB2}:${PORT} masq
    checktype=connect
    scheduler=rr
`;

t.test(
  'the director says it in one line, and loses no connection by it',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const client = await withLoad(stage);
    const ini = `[net]\nengine = nftables\n[nftables]\nflowtable = ${DEVICES.join(',')}\n`;
    await using daemon = await createDaemon(stage.director, CONFIG, ini);
    t.match(await daemon.command('start'), { code: 0 });
    await daemon.until(({ state }) => state === 'up', SOON);
    const load = client.do('load', URL, 100);
    for (const scheduler of ['wrr', 'rr']) {
      await daemon.write(CONFIG.replace('=rr', `=${scheduler}`));
      t.match(await daemon.command('reload'), { code: 0 });
      await daemon.until((service) => service.scheduler === scheduler, SOON);
    }
    await client.do('endLoad', URL);
    const visits = await load;
    t.ok(visits.length > 0);
    t.strictSame(lost(visits), []);
    t.match(await daemon.service(), { state: 'up', engine: 'nftables' });
    t.equal((await daemon.service()).problem ?? null, null);
    const lines = (await daemon.log()).filter((line) => /flowtable/.test(line));
    t.match(lines, [REFUSED]);
    t.equal(lines.length, 1);
  },
);
