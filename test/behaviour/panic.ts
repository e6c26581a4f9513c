import { alternates, logs, start, weighs } from './steps.ts';
import type { Scenario } from './suite.ts';

/** checkinterval + checktimeout. */
const WITHIN = (1 + 5) * 1000;

/** What checks may not do. */
export const panic: readonly Scenario[] = [
  {
    name: 'checks take out no more servers than the panic threshold lets go',
    config: `checkinterval=1
checktimeout=5
quiescent=no
logfile="/var/log/ldirectord.log"
virtual=10.1.1.19:80
	real=10.1.1.21:80 masq
	real=10.1.1.22:80 masq
	fallback=127.0.0.1:80
	service=http
	request="/"
	receive="Test Page"
	scheduler=rr
`,
    ini: '[checks]\npanic-threshold = 50%\nrise = 2\ndown-interval = 200ms\n',
    async play(stage, t) {
      const { web1, web2 } = stage.web;
      await stage.apache(stage.director, '127.0.0.1:80');
      await web1.page('Test Page');
      await web2.page('Test Page');
      await start(stage, t);
      await web1.page('Out of order');
      await weighs(stage, web1, 0, WITHIN);
      await web2.page('Out of order');
      await stage.daemon.until(({ state }) => state === 'panic', WITHIN);
      // All checks of it fail, and still it serves: the fallback has nothing to do.
      await alternates(stage, t, ['web2'], 20);
      const { reals, fallbackActive } = await stage.daemon.service();
      t.match(reals, [
        { state: 'down', inForce: false },
        { state: 'down', inForce: true, weight: 1 },
        { fallback: true, inForce: false },
      ]);
      t.equal(fallbackActive, false);

      await web1.page('Test Page');
      // The weights are the engine's, which follows the state a moment later.
      await weighs(stage, web2, 0, WITHIN);
      t.equal((await stage.daemon.service()).state, 'up');
      await alternates(stage, t, ['web1']);
      await logs(
        stage,
        t,
        /^Deleted real server: 10\.1\.1\.21:80 /,
        /^Panic: real server: 10\.1\.1\.22:80 \(10\.1\.1\.19:80\) is down and stays in force: 2 of 2 are down/,
        /^Soft success real server: 10\.1\.1\.21:80 .* success 1\/2/,
        /^Added real server: 10\.1\.1\.21:80 /,
        /^Deleted real server: 10\.1\.1\.22:80 /,
        /^Panic over: 10\.1\.1\.19:80: 1 of 2 real servers are down/,
      );
    },
  },
];
