import t, { type Test } from 'tap';
import { createCheckRunner } from '../../lib/checks/runner.ts';
import { createDirector } from '../../lib/director/create-director.ts';
import { createNetEngine } from '../../lib/engines/net/engine.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aConfig, aFallback, aPattern, aReal, aService } from '../support/config.ts';
import { recordingAlerts } from '../support/recording-alerts.ts';
import { recordingLog } from '../support/recording-log.ts';
import { aFreePlace, aWebServer, fetchPage, request } from '../support/web-server.ts';

/** A director with the real checks and the real net engine before two web servers, both up. */
async function aLab(t: Test, fields: Partial<VirtualService> = {}) {
  const one = await aWebServer(t, 'Test Page 1');
  const two = await aWebServer(t, 'Test Page 2');
  const log = recordingLog();
  const checks = createCheckRunner({ log });
  const engines = new Map([['net', createNetEngine()]] as const);
  const director = createDirector({ engines, checks, alerts: recordingAlerts(), log });
  t.teardown(async () => {
    await director.close();
    await checks.close();
  });
  const virtual = await aFreePlace();
  const service = aService({
    ...virtual,
    reals: [aReal(one.place), aReal(two.place)],
    scheduler: 'rr',
    checktype: 'negotiate',
    receive: aPattern('Test Page'),
    checkinterval: 0.1,
    quiescent: true,
    ...fields,
  });
  await director.apply(aConfig([service]));
  await director.settled(AbortSignal.timeout(60_000));
  const down = async () =>
    (await director.services()).some(({ reals }) =>
      reals.some(({ state, fallback }) => !fallback && state !== 'up'),
    );
  while (await down()) await new Promise((resolve) => setTimeout(resolve, 20));
  const page = () => fetchPage(virtual);
  /** Waits until that many pages in a row are of these. */
  const serves = async (...pages: readonly string[]) => {
    for (let good = 0; good < 4; ) good = pages.includes(await page()) ? good + 1 : 0;
    t.pass(`serves ${pages.join(', ')}`);
  };
  return { one, two, log, director, virtual, service, page, serves };
}

t.test('two servers alternate; the page decides who is up', async (t) => {
  const { one, log, page } = await aLab(t);
  const pages: string[] = [];
  while (new Set(pages.slice(-2)).size < 2) pages.push(await page());
  for (let i = 0; i < 6; i++) pages.push(await page());
  for (let i = pages.length - 6; i < pages.length; i++)
    t.not(pages[i], pages[i - 1], 'never the same twice in a row');
  log.take();
  one.page = 'Sorry';
  t.match(await log.saw(/^Quiescent/), `Quiescent real server: ${one.place} `);
  log.take();
  one.page = 'Test Page 1';
  t.match(await log.saw(/^Restored/), `Restored real server: ${one.place} `);
});

t.test('all down: the fallback serves; then a server is back', async (t) => {
  const { place } = await aWebServer(t, 'Sorry Page');
  const lab = await aLab(t, { fallback: aFallback(place) });
  const { one, two, director, serves } = lab;
  one.page = '';
  two.page = '';
  await serves('Sorry Page');
  t.match(await director.services(), [{ state: 'fallback', fallbackActive: true }]);
  two.page = 'Test Page 2';
  await serves('Test Page 2');
  t.match(await director.services(), [{ state: 'up', fallbackActive: false }]);
});

t.test('all down and no fallback: clients are refused', async (t) => {
  const { one, two, serves, director } = await aLab(t);
  await Promise.all([one.close(), two.close()]);
  await serves('ECONNREFUSED');
  t.match(await director.services(), [{ state: 'down' }]);
  await one.open();
  await serves('Test Page 1');
});

t.test('a quiesced server ends what it has begun', async (t) => {
  const { one, two, log, virtual, serves } = await aLab(t);
  two.page = '';
  await serves('Test Page 1');
  const download = request(virtual, '/slow');
  await download.begun;
  two.page = 'Test Page 2';
  await serves('Test Page 2', 'Test Page 1');
  log.take();
  one.page = '';
  await log.saw(new RegExp(`^Quiescent real server: ${one.place} `));
  await serves('Test Page 2');
  one.finish();
  t.match(await download.text, /begin.*end/s);
});

t.test('quiescent=no resets what a removed server has begun', async (t) => {
  const { one, two, virtual, serves } = await aLab(t, { quiescent: false });
  two.page = '';
  await serves('Test Page 1');
  const download = request(virtual, '/slow');
  await download.begun;
  one.page = '';
  await t.rejects(download.text, { code: 'ECONNRESET' });
});

t.test('a connection through the fallback outlives the fallback', async (t) => {
  const sorry = await aWebServer(t, 'Sorry Page');
  const { one, two, virtual, serves } = await aLab(t, {
    fallback: aFallback(sorry.place),
    quiescent: false,
  });
  one.page = '';
  two.page = '';
  await serves('Sorry Page');
  const download = request(virtual, '/slow');
  await download.begun;
  one.page = 'Test Page 1';
  await serves('Test Page 1');
  sorry.finish();
  t.match(await download.text, /begin.*end/s);
});

t.test('a reload keeps connections, state and counters', async (t) => {
  const { one, two, director, service, virtual, serves } = await aLab(t);
  two.page = '';
  await serves('Test Page 1');
  const download = request(virtual, '/slow');
  await download.begun;
  const other = aService({ ...(await aFreePlace()), checktype: 'on' });
  const reals = [aReal(one.place, { weight: 3 }), aReal(two.place)];
  const [before] = await director.services();
  await director.apply(aConfig([other, { ...service, reals, scheduler: 'wrr' }]));
  await director.apply(aConfig([{ ...service, reals, scheduler: 'wrr' }]));
  const [after] = await director.services();
  t.match(after, { id: service.id, scheduler: 'wrr', state: 'up' });
  t.match(after?.reals, [
    { state: 'up', weight: 3, since: before?.reals[0]?.since, activeConnections: 1 },
    { state: 'down', weight: 0 },
  ]);
  t.ok(
    Number(after?.acceptedConnections) >= Number(before?.acceptedConnections),
    'no counter went back',
  );
  await serves('Test Page 1');
  one.finish();
  t.match(await download.text, /begin.*end/s);
});

t.test('a hundred reloads under traffic cost no client anything', async (t) => {
  const { one, two, director, service, virtual } = await aLab(t);
  const reals = [aReal(one.place), aReal(two.place)];
  const configs = [
    aConfig([{ ...service, reals: reals.slice(1) }]),
    aConfig([{ ...service, reals, scheduler: 'wlc' }]),
    aConfig([aService({ ...(await aFreePlace()), checktype: 'on' }), service]),
    aConfig([{ ...service, persistent: 300 }]),
    aConfig([{ ...service, checktimeout: 9 }]),
  ];
  const seen = new Map<string, number>();
  let reloading = true;
  const client = async () => {
    while (reloading) {
      const page = await fetchPage(virtual);
      seen.set(page, (seen.get(page) ?? 0) + 1);
    }
  };
  const clients = [client(), client(), client()];
  for (let reload = 0; reload < 100; reload++)
    await director.apply(configs[reload % configs.length] ?? aConfig([]));
  reloading = false;
  await Promise.all(clients);
  t.strictSame(
    [...seen.keys()].filter((page) => !page.startsWith('Test Page')),
    [],
    `${[...seen.values()].reduce((a, b) => a + b, 0)} clients`,
  );
});
