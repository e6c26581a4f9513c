import t from 'tap';
import { statRows } from '../../lib/control/line/stat-rows.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { A, B, TWO } from '../support/pool-cast.ts';
import { recordingEngine } from '../support/recording-engine.ts';
import { recordingTraffic } from '../support/recording-traffic.ts';
import { bad, good, NOON } from '../support/reports.ts';
import { statusDocument } from '../support/status.ts';

const S = '10.1.1.31:80';
const F = '10.1.1.41:80';
const reals = [
  ...TWO,
  aReal(S, { role: 'spare', weight: 2 }),
  aReal(F, { role: 'fallback' }),
];
const service = aService({
  ...{ reals, quiescent: true },
  options: { ...OPTIONS, webhook: 'https://example.org/' },
});

t.test('who steps in is told as servers that come and go', async (t) => {
  const traffic = recordingTraffic();
  const bench = aBench(t, recordingEngine({ traffic }));
  const { director, runner, log, alerts, inForce } = bench;
  await director.apply(aConfig([service]));
  for (const { id } of reals) runner.report(id, good());
  t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
  const { events } = director.desk;
  const before = events.since(0).at(-1)?.id ?? 0;
  const standing = await director.services();
  t.match(standing, [
    {
      state: 'up',
      fallbackActive: false,
      reals: [
        { id: A, role: 'real', state: 'up' },
        { id: B, role: 'real', state: 'up' },
        { id: S, role: 'spare', state: 'standby', weight: 0, inForce: false },
        { id: F, role: 'fallback', fallback: false, state: 'standby', inForce: false },
      ],
    },
  ]);
  const cells = statRows(statusDocument({ services: standing }), undefined, NOON);
  t.match(cells.slice(3), [
    { cells: { svname: S, status: 'UP', act: 0, bck: 1 } },
    { cells: { svname: F, status: 'UP', act: 0, bck: 1 } },
    { cells: { svname: 'BACKEND', weight: 2, act: 2, bck: 2 } },
  ]);

  runner.report(A, bad());
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`, `${S}@2`]);
  t.match(events.since(before), [
    { type: 'real', real: A, from: 'up', to: 'down', weight: 0 },
    { type: 'real', real: S, from: 'standby', to: 'up', weight: 2, message: null },
  ]);
  t.match(
    log.lines.at(-1),
    /^Added spare server: 10\.1\.1\.31:80 \(10\.1\.1\.19:80\) \(Weight set to 2\)$/,
  );
  t.match(alerts.told.at(-1), { subject: /^Added spare server/, about: undefined });
  t.match(alerts.changes.at(-1), {
    real: S,
    from: 'standby',
    to: 'up',
    up: 1,
    reals: 2,
  });

  traffic.open = 1;
  runner.report(A, good());
  t.strictSame(await inForce(), [`${A}@1`, `${B}@1`, `${S}@0`]);
  t.match(await director.services(), [
    { reals: [{}, {}, { id: S, state: 'standby', weight: 0, inForce: true }, {}] },
  ]);
  await new Promise((resolve) => setTimeout(resolve, 800));
  t.equal((await inForce())?.length, 3, 'it stays while it has clients');
  traffic.open = 0;
  t.match(await log.saw(/^Deleted spare server: /), S);
  t.strictSame(await inForce(), [`${A}@1`, `${B}@1`]);
  t.notMatch(alerts.told.at(-1), { subject: /^Deleted/ });
});

t.test('a spare that stands by and fails is told of', async (t) => {
  const { director, runner, log, alerts } = aBench(t);
  await director.apply(aConfig([service]));
  for (const { id } of reals) runner.report(id, good());
  runner.report(S, bad());
  t.match(log.lines.at(-1), /^Not ready spare server: 10\.1\.1\.31:80 .*ECONNREFUSED/);
  t.match(alerts.told.at(-1), {
    subject: /^Not ready spare server/,
    about: { real: S, out: true },
  });
  runner.report(S, good());
  t.match(alerts.told.at(-1), {
    subject: /^Ready spare server/,
    about: { real: S, out: false },
  });
});

t.test("a fallback that serves makes the state and HAProxy's counts", async (t) => {
  const { director, runner, settle } = aBench(t);
  await director.apply(aConfig([service]));
  for (const { id } of reals) runner.report(id, good());
  for (const id of [A, B, S]) runner.report(id, bad());
  await settle();
  const services = await director.services();
  t.match(services, [{ state: 'fallback', fallbackActive: true }]);
  const rows = statRows(statusDocument({ services }), undefined, NOON);
  const cells = rows.map(({ cells: { svname, status, act, bck } }) => [
    ...[svname, status, act, bck],
  ]);
  t.strictSame(cells, [
    ['FRONTEND', 'OPEN', undefined, undefined],
    [A, 'DOWN', 1, 0],
    [B, 'DOWN', 1, 0],
    [S, 'DOWN', 0, 1],
    [F, 'UP', 0, 1],
    ['BACKEND', 'UP', 0, 1],
  ]);
  runner.report(F, bad());
  await settle();
  t.match(await director.services(), [{ state: 'down', fallbackActive: false }]);
});

t.test('what is done by hand holds for the reserve', async (t) => {
  const { director, runner, inForce } = aBench(t);
  const { desk } = director;
  await director.apply(aConfig([service]));
  for (const { id } of reals) runner.report(id, good());
  await desk.change({ service: WEB, real: S }, { weight: 7 }, 'me');
  await desk.change({ service: WEB, real: A }, { state: 'drain' }, 'me');
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`, `${S}@7`]);
  await desk.change({ service: WEB, real: S }, { state: 'maintenance' }, 'me');
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`, `${S}@0`]);
  await desk.change({ service: WEB, real: S }, { state: 'ready' }, 'me');
  t.strictSame(await inForce(), [`${A}@0`, `${B}@1`, `${S}@7`]);
});
