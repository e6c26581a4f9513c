import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceStatus } from '../../lib/model/status.ts';
import { server } from '../lab/daemon.ts';
import { logs, refused, servedBy, start, weighs } from './steps.ts';
import type { Scenario } from './suite.ts';

/** Generous: what is waited for takes a second or two on a machine that is not busy. */
const SOON = 15_000;

/** The fault campaign has more of them. */
const RELOADS = Number(process.env.RELOADS ?? 50);

function twoServers(global = '', section = ''): string {
  return `
checkinterval=1
checktimeout=3
logfile="/var/log/ldirectord.log"
quiescent=yes
${global}
virtual=10.1.1.19:80
    real=10.1.1.21:80 masq
    real=10.1.1.22:80 masq
    service=http
    request="index.html"
    receive="Test Page"
    scheduler=rr
    ${section}
`;
}

/** What a director meets on the machines of real people. */
export const facts: readonly Scenario[] = [
  {
    name: 'a fallback server that holds *:80 is named with the mend, and its move is seen',
    config: { example: 'seed.cf' },
    async play(stage, t) {
      const { daemon, client, url } = stage;
      const fallback = await stage.apache(stage.director, '80');
      await daemon.command('start');
      await daemon.until(({ state }) => state === 'failed', SOON);
      const { problem } = await daemon.service();
      t.match(problem, /apache2/, 'the status names the program');
      t.match(problem, /Listen 127\.0\.0\.1:80/, 'and the mend');
      await logs(stage, t, /10\.1\.1\.19:80.*apache2.*Listen 127\.0\.0\.1:80/);

      await fallback.listen('127.0.0.1:80');
      await daemon.until(({ state }) => state === 'up', SOON);
      const [first, second] = await client.do('visits', url, 2);
      t.strictSame(
        new Set([first, second].map((visit) => visit && servedBy(visit))),
        new Set(['web1', 'web2']),
      );
    },
  },
  {
    name: 'a virtual address that appears later is served as soon as it is there',
    config: twoServers(),
    async play(stage, t) {
      const { daemon, director, client, url } = stage;
      await director.removeAddress('10.1.1.19/24');
      await daemon.command('start');
      await daemon.until(({ state }) => state === 'waiting-for-address', SOON);
      t.match((await daemon.service()).problem, /10\.1\.1\.19/);
      await director.addAddress('10.1.1.19/24');
      const took = await daemon.until(({ state }) => state === 'up', SOON);
      t.comment(`bound ${Math.round(took)} ms after the address came`);
      t.match(await client.do('visit', url), { outcome: 'ok' });
    },
  },
  {
    name: 'no connection is lost or reset while the config is reloaded again and again',
    config: twoServers(),
    async play(stage, t) {
      const { daemon, client, url, web } = stage;
      await start(stage, t);
      const before = (await daemon.service()).acceptedConnections;
      const load = client.do('load', url, 200);
      for (let weight = 2; weight < RELOADS + 2; weight++) {
        await daemon.write(twoServers().replace('21:80 masq', `21:80 masq ${weight}`));
        process.kill(await daemon.pid(), 'SIGHUP');
        await weighs(stage, web.web1, weight, SOON);
      }
      await client.do('endLoad', url);
      const visits = await load;
      const lost = visits.filter(({ outcome }) => outcome !== 'ok');
      t.comment(`${visits.length} connections during ${RELOADS} reloads`);
      t.strictSame(lost, [], 'none is lost, none reset');
      const counted = (await daemon.service()).acceptedConnections - before;
      t.equal(counted, visits.length, 'no counter begins again');
      const reloads = (await daemon.log()).filter((line) => /^Reloading /.test(line));
      t.equal(reloads.length, RELOADS, 'each reload is in the log');
    },
  },
  {
    name: 'a broken config changes nothing, and the log and the status say so',
    config: twoServers(),
    async play(stage, t) {
      const { daemon, client, url } = stage;
      await start(stage, t);
      await daemon.write(twoServers('', 'chektype=negotiate'));
      t.match(await daemon.command('status'), {
        code: 0,
        stderr: /is running with pid/,
      });
      process.kill(await daemon.pid(), 'SIGHUP');
      await logs(stage, t, /ldirectord\.cf at line \d+: .*chektype/);
      t.match((await daemon.status()).configError, /chektype/);
      t.match(await client.do('visit', url), { outcome: 'ok' });
      await daemon.write(twoServers());
      t.match(await daemon.command('reload'), { code: 0 });
      const deadline = performance.now() + SOON;
      while ((await daemon.status()).configError !== null) {
        if (performance.now() > deadline) throw new Error('the reload is not taken');
        await sleep(25);
      }
      await daemon.until(({ state }) => state === 'up', SOON);
    },
  },
  {
    name: 'with quiescent=no a removed server leaves at once, its connections are reset',
    config: twoServers().replace('quiescent=yes', 'quiescent=no'),
    async play(stage, t) {
      const { client, daemon, web } = stage;
      await web.web2.stop();
      await start(stage, t);
      const held = client.do('hold', '10.1.1.19', 80);
      const active = (service: ServiceStatus) =>
        server(service, web.web1.id).activeConnections;
      await daemon.until((service) => active(service) === 1, SOON);
      await web.web1.page('Something else');
      t.equal(await held, 'ECONNRESET', 'the client learns of it');
      await logs(stage, t, /^Deleted real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\)/);
      await refused(stage, t);
      t.equal((await daemon.service()).state, 'down');
    },
  },
];
