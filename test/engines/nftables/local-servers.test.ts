import t from 'tap';
import { serverAt } from '../../support/engine-rig.ts';
import {
  ask,
  asks,
  entry,
  kernelStage,
  VIP,
  VIP6,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const OWN = '10.1.1.2';

t.test(
  'a server on the director itself serves strangers and its own host',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const { director, client } = stage;
    director.spawn('socat', [
      'TCP6-LISTEN:8090,fork,reuseaddr,ipv6only=0,backlog=100',
      'SYSTEM:echo here; cat',
    ]);
    while (!(await director.run('cat', '/proc/net/tcp6')).includes(':1F9A '));
    const engine = stage.engine();
    await engine.apply([
      entry({}, [serverAt(OWN, 8090), serverAt(WEB2, 80)]),
      entry({ address: VIP6 }, [serverAt('2001:db8::2', 8090)]),
      entry({ port: 90, persistent: 300 }, [serverAt(OWN, 8090)], { snat: true }),
    ]);
    const turns = ['here', 'web2', 'here', 'web2'];
    t.strictSame(await asks(client, `TCP:${VIP}:80`, 4), turns);
    t.strictSame(await asks(director, `TCP:${VIP}:80`, 4), turns);
    t.equal(await ask(client, `TCP6:[${VIP6}]:80`), 'here');
    t.equal(await ask(director, `TCP6:[${VIP6}]:80`), 'here');
    t.strictSame(await asks(client, `TCP:${VIP}:90`, 2), ['here', 'here']);
    t.strictSame(await asks(director, `TCP:${VIP}:90`, 2), ['here', 'here']);
    const stats = await engine.stats();
    t.strictSame(
      stats.map(({ servers }) => servers.map((one) => one.totalConnections)),
      [[4, 4], [2], [4]],
    );
    for (const { servers } of stats)
      for (const { bytesIn, bytesOut } of servers)
        t.ok(bytesIn > 100 && bytesOut > 100, `${bytesIn} in, ${bytesOut} out`);
  },
);
