import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceStatus } from '../../lib/model/status.ts';
import { server } from '../lab/daemon.ts';
import { now, type Visit } from '../lab/traffic.ts';
import { logs, servedBy, start, weighs } from './steps.ts';
import type { Scenario } from './suite.ts';

const SLOW_START_MS = 10_000;
/** checkinterval + checktimeout. */
const WITHIN = (1 + 5) * 1000;

const SERVICES = [
  ['80', 'wrr'],
  ['81', 'wlc'],
  ['82', 'rr'],
]
  .map(
    ([port, scheduler]) => `virtual=10.1.1.19:${port}
	real=10.1.1.21:80 masq
	real=10.1.1.22:80 masq
	service=http
	request="/"
	receive="Test Page"
	scheduler=${scheduler}
`,
  )
  .join('\n');

/** Its shares are promised to the tenth, so that nothing may run beside it. */
export const slowStart: Scenario = {
  name: 'a server that comes back gets its share little by little',
  config: `checkinterval=1
checktimeout=5
quiescent=yes
logfile="/var/log/ldirectord.log"
${SERVICES}`,
  ini: `[checks]\nslow-start = ${SLOW_START_MS}ms\n`,
  async play(stage, t) {
    const { client, daemon, url } = stage;
    const { web1, web2 } = stage.web;
    await web1.page('Test Page');
    await web2.page('Test Page');
    await start(stage, t);
    const began = await daemon.service();
    t.same(partsOf(began), [null, null], 'nobody warms up at a start');
    await web1.page('Something else');
    await weighs(stage, web1, 0, WITHIN);
    for (let held = 0; held < 40; held++) void client.do('hold', '10.1.1.19', 81);

    await web1.page('Test Page');
    await daemon.until((service) => partsOf(service)[0] !== null, WITHIN);
    const back = now();
    const turns = 'http://10.1.1.19:82/';
    const loads = [url, turns].map((to) => client.do('load', to, 50));
    await sleep(SLOW_START_MS * 0.36);
    for (let held = 0; held < 20; held++) {
      void client.do('hold', '10.1.1.19', 81);
      await sleep(SLOW_START_MS * 0.006);
    }
    // An engine that counts from time to time needs one.
    await sleep(500);
    const counted = (await daemon.status()).services[1];
    await daemon.until(
      (service) => partsOf(service)[0] === null,
      SLOW_START_MS - (now() - back) + 2000,
    );
    const warm = now();
    await sleep(1000);
    await client.do('endLoad', url);
    await client.do('endLoad', turns);
    const [visits = [], turned = []] = await Promise.all(loads);

    const tookMs = warm - back;
    t.ok(Math.abs(tookMs - SLOW_START_MS) < 1500, `it took ${Math.round(tookMs)} ms`);
    t.same(
      [...visits, ...turned].filter(({ outcome }) => outcome !== 'ok'),
      [],
      'nobody is lost',
    );
    const between = (made: readonly Visit[], from: number, to: number) =>
      shareOf(made, back + from * SLOW_START_MS, back + to * SLOW_START_MS);
    const first = between(visits, 0, 0.1);
    t.ok(first < 0.15, `at the beginning it has ${percent(first)} of its share`);
    const half = between(visits, 0.4, 0.6);
    t.ok(Math.abs(half - 0.5) < 0.1, `wrr: at half the time ${percent(half)}`);
    const even = between(turned, 0.4, 0.6);
    t.ok(Math.abs(even - 0.5) < 0.1, `rr: at half the time ${percent(even)}`);
    const whole = shareOf(visits, warm + 200, warm + 1000);
    t.ok(Math.abs(whole - 1) < 0.1, `then all of it: ${percent(whole)}`);
    const open = openShare(counted);
    t.ok(Math.abs(open - 0.5) < 0.1, `wlc: at half the time ${percent(open)}`);
    await logs(
      stage,
      t,
      /^Restored real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\) \(Weight set to 1\)/,
      /^Warming up real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\) \(to weight 1 within 10 s\)/,
      /^Warmed up real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\) \(Weight set to 1\)/,
    );
    const ended = await daemon.service();
    t.same(
      ended.reals.map(({ weight }) => weight),
      [1, 1],
      'weights are those of the file',
    );
  },
};

function partsOf({ reals }: ServiceStatus): readonly (number | null)[] {
  return reals.map(({ warming }) => warming);
}

/** What web1 got of the half that is its due. */
function shareOf(visits: readonly Visit[], from: number, to: number): number {
  const then = visits.filter(({ at }) => at >= from && at < to);
  const its = then.filter((visit) => servedBy(visit) === 'web1');
  return its.length / (then.length / 2);
}

/** The same of open connections. */
function openShare(service: ServiceStatus | undefined): number {
  if (!service) return NaN;
  const [its = NaN, others = NaN] = ['10.1.1.21:80', '10.1.1.22:80'].map(
    (id) => server(service, id).activeConnections,
  );
  return its / ((its + others) / 2);
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
