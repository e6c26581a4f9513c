import t from 'tap';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { bad, good } from '../support/reports.ts';

const REALS = [aReal('10.1.1.21:80'), aReal('10.1.1.22:80')];
const web = aService({ reals: REALS });
const mail = aService({ port: 25, reals: [aReal('10.1.1.25:25')] });

/** The same, read once more from a file where everything stands three lines further down. */
function reread(service: VirtualService): VirtualService {
  const copy = structuredClone(service);
  const reals = copy.reals.map((real) => ({ ...real, line: real.line + 3 }));
  return { ...copy, line: copy.line + 3, reals };
}

t.test('a reload of the same file disturbs nothing', async (t) => {
  const { director, runner, engine, log, settle } = aBench(t);
  await director.apply(aConfig([web, mail]));
  runner.report('10.1.1.21:80', good());
  await settle();
  const before = engine.tables.at(-1);
  const subscriptions = runner.made();
  log.take();
  await director.apply(aConfig([reread(web), reread(mail)]));
  const after = engine.tables.at(-1);
  t.not(after, before, 'the engine was told');
  t.equal(after?.[0], before?.[0]);
  t.equal(after?.[1], before?.[1]);
  t.equal(runner.made(), subscriptions, 'no check began anew');
  t.strictSame(log.take(), []);
});

t.test('services come and go, each with its line', async (t) => {
  const { director, runner, engine, log, inForce } = aBench(t);
  await director.apply(aConfig([web]));
  log.take();
  const tables = engine.tables.length;
  await director.apply(aConfig([mail]));
  t.strictSame(log.take(), [
    'Added virtual server: 10.1.1.19:25',
    'Purged virtual server (start): 10.1.1.19:80',
  ]);
  t.equal(engine.tables.length, tables + 1, 'in one apply()');
  t.equal(await inForce(WEB), undefined);
  t.strictSame(
    runner.plans().map(({ target }) => target.address),
    ['10.1.1.25'],
  );
  t.match(await director.services(), [{ id: mail.id }]);
});

t.test(
  'a service that changed says so; one whose servers changed does not',
  async (t) => {
    const { director, log } = aBench(t);
    await director.apply(aConfig([web]));
    log.take();
    await director.apply(aConfig([{ ...web, scheduler: 'rr' }]));
    t.strictSame(log.take(), ['Changed virtual server: 10.1.1.19:80']);
    await director.apply(aConfig([{ ...web, scheduler: 'rr', reals: REALS.slice(1) }]));
    t.strictSame(log.take(), []);
  },
);

t.test('a server keeps its state, and only what changed is checked anew', async (t) => {
  const { director, runner, inForce } = aBench(t);
  await director.apply(aConfig([web]));
  runner.report('10.1.1.21:80', good());
  runner.report('10.1.1.22:80', bad());
  const subscriptions = runner.made();
  const reals = [aReal('10.1.1.21:80', { weight: 7 }), ...REALS.slice(1)];
  await director.apply(aConfig([{ ...web, reals: [...reals, aReal('10.1.1.23:80')] }]));
  t.strictSame(await inForce(), ['10.1.1.21:80@7']);
  t.equal(runner.made(), subscriptions + 1, 'the new server only');
  await director.apply(aConfig([{ ...web, reals, checktimeout: 9 }]));
  t.equal(runner.made(), subscriptions + 3, 'both have another check now');
  t.strictSame(
    runner.plans().map(({ target }) => [target.address, target.checktimeoutMs]),
    [
      ['10.1.1.21', 9000],
      ['10.1.1.22', 9000],
    ],
  );
  t.strictSame(await inForce(), ['10.1.1.21:80@7'], 'and keep their state until then');
});

t.test('the order of the file is the order of table and status', async (t) => {
  const { director, engine } = aBench(t);
  await director.apply(aConfig([web, mail]));
  await director.apply(aConfig([mail, web]));
  const ids = engine.tables.at(-1)?.map(({ service }) => service.id);
  t.strictSame(ids, [mail.id, web.id]);
  t.strictSame(
    (await director.services()).map(({ id }) => id),
    [mail.id, web.id],
  );
});

t.test('reloads that overlap are done one after the other', async (t) => {
  const { director, engine } = aBench(t);
  await Promise.all([
    director.apply(aConfig([web])),
    director.apply(aConfig([mail])),
    director.apply(aConfig([web, mail])),
  ]);
  t.equal(engine.mostAtOnce(), 1);
  t.equal(engine.tables.at(-1)?.length, 2);
});

t.test('a running fallback command is not repeated by a reload', async (t) => {
  const { director, runner, log, settle } = aBench(t);
  const service = { ...web, fallbackcommand: 'exit 7; :' };
  await director.apply(aConfig([service]));
  runner.report('10.1.1.21:80', good());
  await log.saw(/^system\(exit 7; : stop 10.1.1.19:80 tcp\) failed: exit status 7$/);
  log.take();
  await director.apply(aConfig([{ ...service, checkinterval: 3 }]));
  await settle();
  t.strictSame(log.take(), ['Changed virtual server: 10.1.1.19:80']);
  await director.apply(aConfig([{ ...service, fallbackcommand: 'exit 8; :' }]));
  await log.saw(/^system\(exit 8; : stop 10.1.1.19:80 tcp\) failed: exit status 8$/);
});
