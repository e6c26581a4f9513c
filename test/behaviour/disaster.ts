import { setTimeout as sleep } from 'node:timers/promises';
import { patternDigest } from '../lab/bulk.ts';
import { server } from '../lab/daemon.ts';
import type { Visit } from '../lab/traffic.ts';
import type { Stage, Web } from './stage.ts';
import { alternates, servedBy, start, weighs } from './steps.ts';
import type { Scenario } from './suite.ts';

const SIZE = 100_000_000;
/** Slow beside the lab's links, which carry several gigabytes a second. */
const PACE = 20_000_000;
/** Far less than the 200 MB that pass, most of it V8's own room to move. */
const MEMORY_KIB = 64_000;

/** Long enough for clients to meet the dead server before its check does, as a rule. */
const CONFIG = `
checkinterval=5
checktimeout=3
logfile="/var/log/ldirectord.log"
quiescent=yes
virtual=10.1.1.19:80
    real=10.1.1.21:80 masq
    real=10.1.1.22:80 masq
    service=http
    receive="Test Page"
    scheduler=rr
`;

const BULK = `
checkinterval=1
logfile="/var/log/ldirectord.log"
virtual=10.1.1.19:81
    real=10.1.1.21:81 masq
    checktype=connect
    scheduler=lc
`;

/** Clients that were led to the server and got no whole answer: nobody else may fail. */
async function lostOn(
  { daemon }: Stage,
  { id, host }: Web,
  visits: readonly Visit[],
): Promise<number> {
  const led = server(await daemon.service(), id).totalConnections;
  return led - visits.filter((visit) => servedBy(visit) === host.name).length;
}

/** What must not hurt anybody. */
export const disaster: readonly Scenario[] = [
  {
    name: 'a server that is killed under load costs nobody but those in flight on it',
    config: CONFIG,
    async play(stage, t) {
      const { client, url, web } = stage;
      await start(stage, t);
      const load = client.do('load', url, 200);
      await sleep(2000);
      const kill = await web.web2.host.killAll();
      await weighs(stage, web.web2, 0, 15_000);
      await sleep(1000);
      const alone = await alternates(stage, t, ['web1'], 20);
      await client.do('endLoad', url);
      const visits = await load;
      const failed = visits.filter(({ outcome }) => outcome !== 'ok');
      const inFlight = failed.filter(
        ({ at, ms }) => at <= kill.ended && at + ms >= kill.began,
      );
      const retried = (await stage.daemon.service()).retries;
      t.comment(
        `${visits.length} connections; ${inFlight.length} lost in flight while the server took ${Math.round(kill.ended - kill.began)} ms to die; ${retried} picks made again`,
      );
      t.ok(visits.filter(({ at }) => at > kill.ended).length > 100);
      t.strictSame(
        failed.filter((visit) => !inFlight.includes(visit)),
        [],
      );
      const all = [...visits, ...alone];
      t.equal(await lostOn(stage, web.web1, all), 0, 'the other server lost nobody');
      t.equal(
        await lostOn(stage, web.web2, all),
        failed.length,
        'who failed was on the one that was killed',
      );
    },
  },
  {
    name: '100 MB go up and down through slow readers, whole, and the daemon stays small',
    config: BULK,
    async play(stage, t) {
      const { client, daemon, web } = stage;
      await stage.agent(web.web1.host).do('serveBulk', 81, PACE);
      await start(stage, t);
      await client.do('visit', 'http://10.1.1.19:81/bytes/1');
      await daemon.resetPeak();
      const before = await daemon.peakMemory();
      const url = 'http://10.1.1.19:81';
      const [down, up] = await Promise.all([
        client.do('download', `${url}/bytes/${SIZE}`, PACE),
        client.do('upload', url, SIZE),
      ]);
      const sha256 = await patternDigest(SIZE);
      t.match(down, { outcome: 'ok', bytes: SIZE, sha256 });
      t.match(up, { outcome: 'ok', sha256 });
      const grown = (await daemon.peakMemory()) - before;
      t.comment(`${before} KiB before, ${grown} KiB more at most`);
      t.ok(grown < MEMORY_KIB, `it grew by ${grown} KiB`);
    },
  },
];
