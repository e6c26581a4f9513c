import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createDaemon } from '../../lab/daemon.ts';
import { serverAt } from '../../support/engine-rig.ts';
import { lost, PORT, shares, URL, withLoad } from '../../support/kernel-load.ts';
import {
  entry,
  hold,
  kernelStage,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';
import { neighbours } from '../../support/nft-neighbours.ts';

t.setTimeout(600_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
/** `CHANGES=1000` is the long form. */
const CHANGES = Number(process.env.CHANGES ?? 100);
const RATE = 200;

const weighing = (...weights: readonly [number, number]) =>
  [WEB1, WEB2].map((address, index) =>
    serverAt(address, PORT, { weight: weights[index] ?? 0 }),
  );

t.test(
  `no connection fails while weights change ${CHANGES} times`,
  { timeout: 600_000, ...NEEDS },
  async (t) => {
    const stage = await kernelStage(t);
    t.setTimeout(600_000);
    const theirs = await neighbours(stage);
    const before = await theirs();
    const engine = stage.engine();
    const client = await withLoad(stage);
    const both = entry({ port: PORT, scheduler: 'wrr' }, weighing(1, 1));
    const echo = entry({ port: 80, persistent: 300 });
    await engine.apply([both, echo]);
    const held = await hold(stage.client, `TCP:${VIP}:80`);
    const load = client.do('load', URL, RATE);
    for (let change = 1; change <= CHANGES; change++) {
      const servers = weighing((change % 7) + 1, change % 3);
      const [one, other] = echo.servers;
      if (!one || !other) throw new Error('two servers');
      const turned = [{ ...one, weight: (change % 2) + 1 }, other];
      await engine.apply([
        { ...both, servers },
        { ...echo, servers: turned },
      ]);
    }
    await client.do('endLoad', URL);
    const visits = await load;
    t.comment(`${visits.length} connections, ${JSON.stringify(shares(visits))}`);
    t.ok(visits.length > CHANGES / 10);
    t.strictSame(lost(visits), []);
    t.equal(await held.say('still there'), 'still there');
    const [stats, persisting] = await engine.stats();
    t.equal(stats?.acceptedConnections, visits.length, 'no counter began again');
    t.equal(persisting?.persistenceEntries, 1, 'nor was a client forgotten');
    await engine.close({ clean: true });
    t.equal(await theirs(), before, 'what others have is as it was');
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
    scheduler=wrr
virtual=${VIP}:80
    real=${WEB1}:80 masq
    checktype=connect
    scheduler=rr
`;

t.test(
  'who kills the director hurts nobody, nor does its next start',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const client = await withLoad(stage);
    const theirs = await neighbours(stage);
    const before = await theirs();
    await using daemon = await createDaemon(
      stage.director,
      CONFIG,
      '[net]\nengine = nftables\n',
    );
    const up = () => daemon.until(({ state }) => state === 'up', 10_000);
    t.match(await daemon.command('start'), { code: 0 });
    await up();
    const held = await hold(stage.client, `TCP:${VIP}:80`);
    const load = client.do('load', URL, RATE);
    await sleep(500);
    for (const round of [1, 2]) {
      process.kill(await daemon.pid(), 'SIGKILL');
      await sleep(500);
      t.equal(await held.say(`alone ${round}`), `alone ${round}`);
      t.match(await daemon.command('start'), { code: 0 });
      await up();
    }
    await client.do('endLoad', URL);
    const visits = await load;
    t.comment(`${visits.length} connections`);
    t.ok(visits.length > RATE);
    t.strictSame(lost(visits), []);
    t.equal(await held.say('hello'), 'hello');
    const { acceptedConnections } = await daemon.service();
    t.equal(acceptedConnections, visits.length, 'no counter began again');
    await daemon.stop();
    t.equal(await theirs(), before, 'what others have is as it was');
    const tables = await stage.nft('list', 'tables');
    t.notMatch(tables, /l4director_ldirectord\.cf$/m, 'and of ours nothing is left');
  },
);

t.test(
  'a server that dies costs those led to it, and nobody once it is out',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const client = await withLoad(stage);
    const both = entry({ port: PORT }, weighing(1, 1));
    await engine.apply([both]);
    const load = client.do('load', URL, RATE);
    await sleep(1000);
    const { ended } = await stage.web2.killAll();
    await sleep(500); // until a check finds it
    await engine.apply([{ ...both, servers: weighing(1, 0) }]);
    const out = Number(process.hrtime.bigint() / 1000n) / 1000;
    await sleep(1000);
    await client.do('endLoad', URL);
    const visits = await load;
    const failed = lost(visits);
    t.ok(failed.length > 0, `${failed.length} of ${visits.length} met the dead server`);
    const [stats] = await engine.stats();
    const answered = shares(visits);
    t.equal(
      stats?.servers[0]?.totalConnections,
      answered.web1,
      'the other lost nobody',
    );
    t.equal(
      stats?.servers[1]?.totalConnections,
      (answered.web2 ?? 0) + failed.length,
      'who failed was on the one that died',
    );
    const after = visits.filter(({ at }) => at > out);
    t.ok(after.length > 100);
    t.strictSame(lost(after), []);
    t.ok(ended < out);
  },
);
