import { server } from '../lab/daemon.ts';
import { alternates, logs, servedBy, start, weighs } from './steps.ts';
import type { Scenario } from './suite.ts';

const SOON = 15_000;
const FAILURES = 5;
const HOLD_MS = 8000;
/** Where checks ask, which goes on though the pages are gone. */
const BESIDE = 8081;

/** Servers that only clients find out about. */
export const passive: readonly Scenario[] = [
  {
    name: 'a server that refuses clients while its check is good is out after some, and back',
    config: `
checkinterval=1
checktimeout=3
logfile="/var/log/ldirectord.log"
quiescent=yes
virtual=10.1.1.19:80
    real=10.1.1.21:80 masq
    real=10.1.1.22:80 masq
    checktype=connect
    checkport=${BESIDE}
    scheduler=rr
`,
    ini: `[checks]\npassive = ${FAILURES}/30s\npassive-hold = ${HOLD_MS}ms\n`,
    async play(stage, t) {
      const { client, daemon, url } = stage;
      const { web1, web2 } = stage.web;
      for (const { host } of [web1, web2])
        await stage.agent(host).do('serve', BESIDE, host.name);
      await start(stage, t);
      await alternates(stage, t, ['web1', 'web2']);

      await web1.stop();
      const visits = await client.do('visits', url, 4 * FAILURES);
      t.strictSame(
        visits.filter((visit) => servedBy(visit) !== 'web2'),
        [],
        'no client is lost',
      );
      await weighs(stage, web1, 0, SOON);
      const out = server(await daemon.service(), web1.id);
      t.match(out, { state: 'down', ejections: 1 });
      t.ok(out.connectFailures >= FAILURES, `${out.connectFailures} failures`);
      await client.do('visits', url, 2 * FAILURES);
      const still = server(await daemon.service(), web1.id);
      t.equal(still.connectFailures, out.connectFailures, 'nobody is sent there');

      await web1.start();
      const backMs = await weighs(stage, web1, 1, SOON);
      t.comment(`back after ${Math.round(backMs)} ms`);
      await alternates(stage, t, ['web1', 'web2']);
      await logs(
        stage,
        t,
        /^Quiescent real server: 10\.1\.1\.21:80 .*\d+ of its connections failed within 30 s \(.*ECONNREFUSED.*\); out for 8 s at least/,
        /^Restored real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\) \(Weight set to 1\)/,
      );
    },
  },
];
