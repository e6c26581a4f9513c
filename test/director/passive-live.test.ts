import t from 'tap';
import { createCheckRunner } from '../../lib/checks/runner.ts';
import { createDirector } from '../../lib/director/create-director.ts';
import { createNetEngine } from '../../lib/engines/net/engine.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { recordingAlerts } from '../support/recording-alerts.ts';
import { recordingLog } from '../support/recording-log.ts';
import { aFreePlace, aWebServer, fetchPage } from '../support/web-server.ts';

const HOLD_MS = 1500;
const FAILURES = 5;
const CLIENTS_EVERY_MS = 20;
const SOON_MS = 10_000;

t.test('a server that refuses clients and whose checks are good', async (t) => {
  const one = await aWebServer(t, 'one');
  const two = await aWebServer(t, 'two');
  // What checks ask goes on though the service is dead.
  const beside = await aWebServer(t, 'beside');
  const log = recordingLog();
  const checks = createCheckRunner({ log });
  const engines = new Map([['net', createNetEngine()]] as const);
  const director = createDirector({ engines, checks, alerts: recordingAlerts(), log });
  t.teardown(async () => {
    await director.close();
    await checks.close();
  });
  const virtual = await aFreePlace();
  const passive = { connections: FAILURES, windowMs: 30_000 };
  const service = aService({
    ...virtual,
    reals: [aReal(one.place), aReal(two.place)],
    ...{ scheduler: 'rr', checktype: 'connect', checkinterval: 0.1, quiescent: true },
    checkport: Number(beside.place.split(':').at(-1)),
    options: { ...OPTIONS, passive, passiveHoldMs: HOLD_MS },
  });
  await director.apply(aConfig([service]));
  const real = async () => (await director.services())[0]?.reals[0];
  const pages: string[] = [];
  const visitUntil = async (done: () => Promise<boolean>) => {
    const began = performance.now();
    while (!(await done())) {
      pages.push(await fetchPage(virtual));
      await new Promise((resolve) => setTimeout(resolve, CLIENTS_EVERY_MS));
    }
    return performance.now() - began;
  };
  await director.settled(AbortSignal.timeout(60_000));
  await visitUntil(async () => new Set(pages.slice(-2)).size === 2);

  pages.length = 0;
  const gone = performance.now();
  await one.close();
  await visitUntil(async () => ((await real())?.connectFailures ?? 0) >= FAILURES);
  const outMs = await visitUntil(async () => (await real())?.weight === 0);
  t.ok(outMs < SOON_MS, `out ${Math.round(outMs)} ms after failure ${FAILURES}`);
  const out = await real();
  t.match(out, { state: 'down', ejections: 1 });
  t.match(
    out?.check?.message,
    /^\d+ of its connections failed within 30 s \(.*ECONNREFUSED.*\); out for 1\.5 s at least$/,
  );
  const failures = out?.connectFailures ?? 0;
  const most = FAILURES + SOON_MS / CLIENTS_EVERY_MS;
  t.ok(failures < most, `${failures} clients had to go to the other one`);

  await one.open();
  await visitUntil(async () => (await real())?.weight === 1);
  const backMs = performance.now() - gone;
  t.ok(backMs > HOLD_MS, `back ${Math.round(backMs)} ms later`);
  t.equal((await real())?.connectFailures, failures, 'nobody was sent there meanwhile');
  t.same(
    pages.filter((page) => page !== 'one' && page !== 'two'),
    [],
    'no client was lost',
  );
  await visitUntil(async () => pages.at(-1) === 'one');
  t.match(await log.saw(/^Restored real server: /), one.place);
});
