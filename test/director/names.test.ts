import t from 'tap';
import type { RealServer } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { good } from '../support/reports.ts';

const NAME = 'www.example.com';
const realsFrom = [{ name: NAME, method: 'masq', port: 80, weight: 1 }] as const;

function named(place: string, fields: Partial<RealServer> = {}): RealServer {
  return { ...aReal(place, fields), line: 0, from: NAME };
}

function config(...reals: readonly RealServer[]) {
  return aConfig([aService({ reals, options: { ...OPTIONS, realsFrom } })]);
}

const [ONE, TWO] = [named('10.1.1.21:80'), named('10.1.1.22:80')];
const DRAIN = { state: 'drain' } as const;

t.test('who was drained by hand is drained when its record comes back', async (t) => {
  const { director, runner, inForce, log, settle } = aBench(t);
  await director.apply(config(ONE, TWO));
  for (const { id } of [ONE, TWO]) runner.report(id, good());
  await director.desk.change({ service: WEB, real: TWO.id }, DRAIN, 'uid 0 (root)');
  await settle();
  t.same(await inForce(), ['10.1.1.21:80@1', '10.1.1.22:80@0']);
  log.take();
  await director.apply(config(ONE));
  t.same(await inForce(), ['10.1.1.21:80@1'], 'no connection from now on');
  t.notMatch(log.take().join('\n'), /is over/);
  await director.apply(config(ONE, TWO));
  runner.report(TWO.id, good());
  await settle();
  const [, back] = (await director.services())[0]?.reals ?? [];
  t.match(back, { id: TWO.id, state: 'drain', weight: 0, from: NAME });
  await director.apply(aConfig([aService({ reals: [aReal('10.1.1.21:80')] })]));
  t.match(log.take().join('\n'), /10\.1\.1\.22:80 .* is over/, 'the name has gone');
});

t.test('what SRV records say of its weight does not undo that', async (t) => {
  const { director, runner, inForce, settle } = aBench(t);
  await director.apply(config(ONE, TWO));
  for (const { id } of [ONE, TWO]) runner.report(id, good());
  await director.desk.change({ service: WEB, real: TWO.id }, DRAIN, 'uid 0 (root)');
  await director.apply(config(ONE, { ...TWO, weight: 50 }));
  await settle();
  t.same(await inForce(), ['10.1.1.21:80@1', '10.1.1.22:80@0']);
});

t.test('nor does another name that has it', async (t) => {
  const { director, runner, inForce, log, settle } = aBench(t);
  const other = 'web.example.com';
  const names = [...realsFrom, { ...realsFrom[0], name: other, weight: 9 }];
  const both = (...reals: readonly RealServer[]) =>
    aConfig([aService({ reals, options: { ...OPTIONS, realsFrom: names } })]);
  await director.apply(both(ONE, TWO));
  for (const { id } of [ONE, TWO]) runner.report(id, good());
  await director.desk.change({ service: WEB, real: TWO.id }, DRAIN, 'uid 0 (root)');
  await director.apply(both(ONE, { ...TWO, from: other, weight: 9, method: 'gate' }));
  await settle();
  t.same(await inForce(), ['10.1.1.21:80@1', '10.1.1.22:80@0']);
  await director.apply(both(ONE, aReal(TWO.id, { weight: 9, method: 'gate' })));
  await settle();
  t.notMatch(log.lines.join('\n'), /is over/, 'nor a line that says the same');
});
