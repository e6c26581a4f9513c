import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createDaemon } from '../../lab/daemon.ts';
import { serverAt } from '../../support/engine-rig.ts';
import { PORT, serveNames, URL, withLoad } from '../../support/kernel-load.ts';
import {
  ask,
  asks,
  entry,
  kernelStage,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const WEB = `TCP:${VIP}:80`;
const SOON = 15_000;

t.test('a fallback on another host is a server like others', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const fallback = { address: WEB2, port: 80, method: 'masq' } as const;
  const servers = [serverAt(WEB1, 80)];
  const real = entry({ fallback }, servers);
  const id = `fallback:${WEB2}:80`;
  const last = { ...real, servers: [serverAt(WEB2, 80, { id, fallback: true })] };
  await engine.apply([real]);
  t.strictSame(await asks(stage.client, WEB, 2), ['web1', 'web1']);
  t.match(await engine.apply([last]), [{ state: 'carried' }]);
  t.strictSame(await asks(stage.client, WEB, 3), ['web2', 'web2', 'web2']);
  t.match(await engine.stats(), [
    { acceptedConnections: 5, servers: [{ id, totalConnections: 3 }] },
  ]);
  await engine.apply([real]);
  t.strictSame(await asks(stage.client, WEB, 2), ['web1', 'web1']);
});

const HOME = `
checkinterval=1
checktimeout=3
logfile="/var/log/ldirectord.log"
virtual=${VIP}:${PORT}
    real=${WEB1}:${PORT} masq
    real=${WEB2}:${PORT} masq
    fallback=127.0.0.1:${PORT} masq
    checktype=connect
    scheduler=rr
`;

t.test(
  'a fallback on this host that holds the port is no obstacle but when it is needed',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const { director, web1, web2 } = stage;
    const client = await withLoad(stage);
    await serveNames(director, PORT);
    await using daemon = await createDaemon(
      director,
      HOME,
      '[net]\nengine = nftables\n',
    );
    t.match(await daemon.command('start'), { code: 0 });
    await daemon.until(({ state }) => state === 'up', SOON);
    t.match(await client.do('visit', URL), { outcome: 'ok', body: /^web/ });
    await web1.killAll();
    await web2.killAll();
    await daemon.until(({ state }) => state === 'failed', SOON);
    t.match((await daemon.service()).problem, /node/, 'who holds the port');
    await serveNames(web1, PORT);
    await daemon.until(({ state }) => state === 'up', SOON);
    t.match(await client.do('visit', URL), { outcome: 'ok', body: 'web1' });
  },
);

t.test(
  'a UDP client on one port comes back from a fallback on this host',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const { client, director } = stage;
    const folder = t.testdir();
    const [check, up] = [join(folder, 'check'), join(folder, 'up')];
    writeFileSync(check, `#!/bin/sh\ntest -e ${up}\n`, { mode: 0o755 });
    director.spawn('socat', [
      'UDP4-RECVFROM:6000,bind=127.0.0.1,fork',
      'SYSTEM:read word; echo home',
    ]);
    const config = `
checkinterval=1
logfile="/var/log/ldirectord.log"
virtual=${VIP}:53
    real=${WEB1}:53 masq
    fallback=127.0.0.1:6000 masq
    checktype=external
    checkcommand=${check}
    protocol=udp
    scheduler=rr
`;
    await using daemon = await createDaemon(
      director,
      config,
      '[net]\nengine = nftables\n',
    );
    t.match(await daemon.command('start'), { code: 0 });
    const asked = () => ask(client, `UDP:${VIP}:53,bind=10.1.1.100:5300,reuseaddr`);
    await daemon.until(({ state }) => state === 'fallback', SOON);
    while ((await asked()) !== 'home') await sleep(50);
    writeFileSync(up, '');
    await daemon.until(({ state }) => state === 'up', SOON);
    // The status is ahead of the kernel; each try would renew a flow that was left.
    let last = '';
    for (let n = 0; n < 20 && last !== 'web1'; n++) last = await asked();
    t.equal(last, 'web1');
  },
);
