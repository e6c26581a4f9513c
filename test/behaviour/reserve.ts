import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Apache } from '../lab/apache.ts';
import { server } from '../lab/daemon.ts';
import { now, type Visit } from '../lab/traffic.ts';
import type { Stage } from './stage.ts';
import { logs, start } from './steps.ts';
import type { Scenario } from './suite.ts';

/** checkinterval x failurecount + checktimeout, and a busy machine. */
const WITHIN = (1 * 2 + 3) * 1000 + 10_000;
const PORTS = { real: '80', other: '81', spare: '82', fallback: '83' } as const;
type Part = keyof typeof PORTS;
const HOSTS = ['10.1.1.21', '10.1.1.22'] as const;
const idsOf = (part: Part) => HOSTS.map((host) => `${host}:${PORTS[part]}`);

const CONFIG = `checkinterval=1
checktimeout=3
failurecount=2
quiescent=yes
logfile="/var/log/ldirectord.log"
virtual=10.1.1.19:80
${[...idsOf('real'), ...idsOf('other')].map((id) => `\treal=${id} masq\n`).join('')}	service=http
	request="/"
	receive="Test Page"
	scheduler=wrr
`;
const [SPARE_1, SPARE_2] = idsOf('spare');
const [FALLBACK_1, FALLBACK_2] = idsOf('fallback');
const INI = `[checks]
spares = ${SPARE_1} masq, ${SPARE_2} masq
[service tcp:10.1.1.19:80]
fallbacks = ${FALLBACK_1} masq 1, ${FALLBACK_2} masq 3
`;

/** Who stands in for servers that are down. */
export const reserve: readonly Scenario[] = [
  {
    name: 'spares step in for servers that are killed, and fallbacks for all of them',
    config: CONFIG,
    ini: INI,
    async play(stage, t) {
      const cast = await openAll(stage);
      await start(stage, t);
      t.same(await partsOf(stage, 20), { real: 10, other: 10 }, 'no spare is asked');
      await spares(stage, t, cast);
      await fallbacks(stage, t, cast);
    },
  },
];

type Cast = ReadonlyMap<Part, readonly Apache[]>;

/** Each names its port. */
async function openAll(stage: Stage): Promise<Cast> {
  const { web1, web2 } = stage.web;
  const cast = new Map<Part, readonly Apache[]>([['real', [web1, web2]]]);
  for (const part of ['other', 'spare', 'fallback'] as const) {
    const open = (host: typeof web1.host) => stage.apache(host, PORTS[part]);
    cast.set(part, [await open(web1.host), await open(web2.host)]);
  }
  for (const [part, servers] of cast)
    for (const one of servers) await one.page(`Test Page of ${part}`);
  return cast;
}

async function each(
  cast: Cast,
  parts: readonly Part[],
  what: (server: Apache) => Promise<void>,
): Promise<void> {
  await Promise.all(parts.flatMap((part) => (cast.get(part) ?? []).map(what)));
}

async function spares(stage: Stage, t: Test, cast: Cast): Promise<void> {
  const { client, daemon, url } = stage;
  const load = client.do('load', url, 100);
  await sleep(500);
  await each(cast, ['other'], (one) => one.stop());
  const took = await daemon.until(
    (service) => idsOf('spare').every((id) => server(service, id).weight === 1),
    WITHIN,
  );
  t.pass(`both spares are in after ${Math.round(took)} ms`);
  const inAt = now();
  await sleep(2000);
  await each(cast, ['other'], (one) => one.start());
  const backAt = now();
  await daemon.until(
    (service) => idsOf('other').every((id) => server(service, id).weight === 1),
    WITHIN,
  );
  const outAt = now();
  await sleep(2000);
  await client.do('endLoad', url);
  const visits = await load;

  const standing = visits.filter(({ at }) => at > inAt + 100 && at < backAt);
  const shares = countOf(standing);
  t.same(standing.filter(isLost), [], `${standing.length} clients, none of them lost`);
  const part = (shares.spare ?? 0) / standing.length;
  t.ok(Math.abs(part - 0.5) < 0.05, `two spares of four have ${part} of them`);
  const after = visits.filter(({ at }) => at > outAt);
  t.same(after.filter(isLost), [], `${after.length} clients since, none lost`);
  t.notOk(countOf(after).spare, 'and none of them at a spare');
  await daemon.until(
    (service) => idsOf('spare').every((id) => !server(service, id).inForce),
    15_000,
  );
  const { reals } = await daemon.service();
  t.match(
    reals.filter(({ role }) => role === 'spare'),
    [{ state: 'standby' }, { state: 'standby' }],
  );
  await logs(
    stage,
    t,
    /^Added spare server: 10\.1\.1\.21:82 \(10\.1\.1\.19:80\) \(Weight set to 1\)$/,
    /^Quiescent spare server: 10\.1\.1\.2[12]:82 \(10\.1\.1\.19:80\) \(Weight set to 0\)$/,
    /^Deleted spare server: 10\.1\.1\.2[12]:82 \(10\.1\.1\.19:80\)$/,
  );
}

async function fallbacks(stage: Stage, t: Test, cast: Cast): Promise<void> {
  const { daemon } = stage;
  await each(cast, ['real', 'other', 'spare'], (one) => one.stop());
  await daemon.until((service) => {
    const weights = service.reals.map(({ id, weight }) => [id, weight]);
    const shares = weights.filter(([, weight]) => weight !== 0);
    return String(shares) === String([FALLBACK_1, 1, FALLBACK_2, 3]);
  }, WITHIN + 5000);
  // A spare that leaves the table meanwhile begins the round anew.
  const { web1 = 0, web2 = 0, ...lost } = await hostsOf(stage, 40);
  t.ok(Math.abs(web2 - 30) <= 2, `they share by weight: ${web1} and ${web2}`);
  t.same(lost, {}, 'and nobody is lost');
  await cast.get('fallback')?.[1]?.stop();
  await daemon.until(
    (service) => server(service, FALLBACK_2 ?? '').weight === 0,
    WITHIN,
  );
  t.same(await hostsOf(stage, 10), { web1: 10 }, 'the other one has all');
  await cast.get('fallback')?.[0]?.stop();
  await daemon.until(({ state }) => state === 'down', WITHIN);
  await each(cast, ['real'], (one) => one.start());
  await daemon.until(
    (service) => idsOf('real').every((id) => server(service, id).weight === 1),
    WITHIN,
  );
  await sleep(200);
  t.same(await partsOf(stage, 10), { real: 10 }, 'real servers have all again');
}

/** How many of so many clients each part serves. */
async function partsOf({ client, url }: Stage, count: number) {
  return countOf(await client.do('visits', url, count));
}

/** How many of so many clients each host serves. */
async function hostsOf({ client, url }: Stage, count: number) {
  return counted((await client.do('visits', url, count)).map(lastLine));
}

function countOf(visits: readonly Visit[]): Readonly<Record<string, number>> {
  return counted(visits.map(({ body }) => /of (\w+)/.exec(body)?.[1] ?? 'nobody'));
}

function counted(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function lastLine({ body, outcome }: Visit): string {
  return body.trim().split('\n').at(-1) || outcome;
}

function isLost({ outcome }: Visit): boolean {
  return outcome !== 'ok';
}
