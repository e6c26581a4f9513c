import t, { type Test } from 'tap';
import type { LeftServer } from '../../lib/director/elder-cuts.ts';
import type { ConnectionFilter, Traffic } from '../../lib/model/traffic.ts';
import type { RealServer, VirtualService } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { A, B, TWO } from '../support/pool-cast.ts';
import { bad, good, maintained } from '../support/reports.ts';

/** A successor, and whose connections it has ended at the director before.
 *  @param others  directors before besides */
function succession(t: Test, others: readonly Pick<Traffic, 'end'>[] = []) {
  const asked: string[] = [];
  const elder = {
    alive: true,
    async end({ service, server }: ConnectionFilter) {
      asked.push(service === WEB ? `${server}` : `${service} ${server}`);
      return 1;
    },
  };
  const elders = () =>
    [...others, elder.alive ? elder : []]
      .flat()
      .map((one, at) => [`of pid ${at}`, one as unknown as Traffic] as const);
  const bench = aBench(t, undefined, {}, { elders });
  return {
    ...{ ...bench, elder },
    apply: (...services: readonly VirtualService[]) =>
      bench.director.apply(aConfig(services)),
    /** Since the last call. */
    async ended() {
      await bench.settle();
      return asked.splice(0);
    },
  };
}

/** All of its two servers up, and in charge. */
async function atWork(t: Test, fields: Partial<VirtualService> = {}) {
  const service = aService({ reals: TWO, quiescent: false, ...fields });
  const successor = succession(t);
  await successor.apply(service);
  for (const real of [A, B]) successor.runner.report(real, good());
  await successor.settle();
  successor.director.takeCharge([]);
  t.same(await successor.ended(), []);
  return { ...successor, service };
}

const left = (server: string, more: Partial<LeftServer> = {}): LeftServer => ({
  ...{ service: WEB, server, open: true, ends: true },
  ...more,
});
const KILL = { quiescent: true, options: { ...OPTIONS, onDown: 'kill' as const } };
const KEEP = { options: { ...OPTIONS, onDown: 'keep' as const } };
const only = (service: VirtualService, ...ids: readonly string[]) => ({
  ...service,
  reals: service.reals.filter(({ id }) => ids.includes(id)),
});

t.test('what ends here ends at directors before, each time', async (t) => {
  for (const fields of [{}, KILL]) {
    const { runner, ended } = await atWork(t, fields);
    for (let time = 0; time < 2; time++) {
      runner.report(A, bad());
      t.same(await ended(), [A]);
      runner.report(A, bad());
      runner.report(A, good());
      t.same(await ended(), []);
    }
  }
});

t.test('what goes on here goes on there', async (t) => {
  for (const fields of [{ quiescent: true }, KEEP]) {
    const { apply, runner, service, ended } = await atWork(t, fields);
    runner.report(A, bad());
    t.same(await ended(), []);
    await apply(only(service, B));
    await apply();
    t.same(await ended(), []);
  }
});

t.test('a drain ends nothing, maintenance does', async (t) => {
  const { director, runner, ended } = await atWork(t);
  const by = 'uid 0 (root)';
  await director.desk.change({ service: WEB, real: A }, { state: 'drain' }, by);
  t.same(await ended(), []);
  await director.desk.change({ service: WEB, real: A }, { state: 'maintenance' }, by);
  runner.report(B, maintained());
  t.same(await ended(), [A, B]);
});

t.test('a reload takes out servers, and services', async (t) => {
  const { apply, service, ended } = await atWork(t);
  const other = aService({ id: 'tcp:10.1.1.20:80', address: '10.1.1.20' });
  await apply(only(service, B), other);
  t.same(await ended(), [A]);
  await apply(other);
  t.same(await ended(), [B]);
});

t.test('nothing ends as long as another one is in charge', async (t) => {
  for (const fields of [{ quiescent: false }, KILL]) {
    const { apply, runner, director, ended } = succession(t);
    const service = aService({ reals: TWO, ...fields });
    await apply(service);
    for (const real of [A, B]) runner.report(real, bad());
    await apply(only(service, A));
    t.same(await ended(), []);
    director.takeCharge([left(A), left(B)]);
    t.same(await ended(), [A, B], 'and then all of it does');
  }
});

t.test('who was up there is down at the failurecount-th failure', async (t) => {
  for (const { quiescent, options } of [{ quiescent: false, options: OPTIONS }, KILL]) {
    const { apply, runner, director, ended } = succession(t);
    const fields = { quiescent, options: { ...options, rise: 2 } };
    await apply(aService({ reals: TWO, failurecount: 3, ...fields }));
    runner.report(A, bad());
    director.takeCharge([left(A), left(B)]);
    runner.report(B, bad());
    for (const report of [bad(), good(), bad(), bad()]) runner.report(A, report);
    t.same(await ended(), [], 'never three in a row');
    runner.report(B, good());
    runner.report(B, good());
    runner.report(B, bad());
    t.same(await ended(), []);
    runner.report(A, bad());
    t.same(await ended(), [A]);
    runner.report(B, bad());
    t.same(await ended(), []);
    runner.report(B, bad());
    t.same(await ended(), [B], 'up here meanwhile: as ever');
  }
});

t.test('what the config does not have any more ends, but for a drain', async (t) => {
  const { apply, director, ended } = succession(t);
  const name = {
    name: 'www.example.com',
    method: 'masq',
    port: 80,
    weight: 1,
  } as const;
  const options = { ...OPTIONS, realsFrom: [name] };
  await apply(aService({ reals: [aReal(B)], quiescent: false, options }));
  const gone = 'tcp:10.1.1.20:80';
  const [hers, others] = ['10.1.1.23:80', '10.1.1.24:80'];
  director.takeCharge([
    ...[left(A), left(B), left(hers, { from: name.name })],
    ...[
      left(others, { from: 'db.example.com' }),
      left('10.1.1.25:80', { ends: false }),
    ],
    ...[
      left(A, { service: gone, from: name.name }),
      left(B, { service: 's', ends: false }),
    ],
  ]);
  t.same(await ended(), [A, others, `${gone} ${A}`], 'and for names that go on');
});

t.test('what was kept since is kept at a start after a kill -9', async (t) => {
  const { apply, director, ended } = succession(t);
  await apply(aService({ reals: [aReal(B)], quiescent: false, ...KEEP }));
  director.takeCharge([left(A), left(B)]);
  t.same(await ended(), []);
});

/** Both of its servers are down from the first check on, and one of two may go. */
async function inPanic(t: Test, { options, ...others }: Partial<VirtualService>) {
  const successor = succession(t);
  const fields = { ...others, options: { ...OPTIONS, ...options, panicThreshold: 50 } };
  await successor.apply(aService({ reals: TWO, failurecount: 3, ...fields }));
  const fail = () => {
    for (const real of [B, A]) successor.runner.report(real, bad());
  };
  fail();
  return { ...successor, fail };
}

t.test('who stays in a panic there stays', async (t) => {
  for (const fields of [{ quiescent: false }, KILL]) {
    const { runner, director, fail, ended } = await inPanic(t, fields);
    director.takeCharge([left(A, { open: false }), left(B)]);
    t.same(await ended(), []);
    for (let time = 0; time < 5; time++) fail();
    t.same(await ended(), [A], 'who was out there before');
    const open = director.left().map((one) => [one.server, one.open]);
    t.same(
      open,
      [
        [A, false],
        [B, true],
      ],
      'as its own successor is told',
    );
    runner.report(A, good());
    t.same(await ended(), [B], 'as ever, when another one is back');
  }
});

t.test('where it is not known who was out there, who failed first ends', async (t) => {
  const { director, fail, ended } = await inPanic(t, { quiescent: false });
  director.takeCharge(undefined);
  for (let time = 0; time < 5; time++) fail();
  t.same(await ended(), [B]);
});

t.test('one that seems to have ended is followed when it is seen again', async (t) => {
  const { apply, elder, runner, service, ended } = await atWork(t);
  elder.alive = false;
  await apply(only(service, A));
  t.same(await ended(), []);
  elder.alive = true;
  runner.report(A, bad());
  t.same((await ended()).sort(), [A, B]);
});

t.test('each step of the pool may be a finding', async (t) => {
  const by = 'uid 0 (root)';
  for (const checktype of ['off', 'connect'] as const) {
    const { apply, runner, director, ended } = succession(t);
    const service = aService({
      reals: TWO,
      quiescent: false,
      failurecount: 3,
      checktype,
    });
    await apply(service);
    if (checktype === 'connect') for (const real of [A, B]) runner.report(real, bad());
    director.takeCharge([left(A), left(B)]);
    t.same(await ended(), []);
    const where = { service: WEB, real: A };
    await director.desk.change(where, { state: 'maintenance' }, by);
    t.same(await ended(), [A]);
    await director.desk.change(where, { state: 'ready' }, by);
    await director.desk.change(where, { state: 'maintenance' }, by);
    t.same(await ended(), [A], 'each time');
  }
});

t.test('nobody is down who has no report, is not checked, or stands by', async (t) => {
  const { apply, runner, director, ended } = succession(t);
  const spare: RealServer = aReal('10.1.1.31:80', { role: 'spare' });
  const service = aService({ reals: [...TWO, spare], quiescent: false });
  await apply(service);
  runner.report(A, good());
  runner.report(spare.id, good());
  director.takeCharge(service.reals.map(({ id }) => left(id)));
  t.same(await ended(), []);
  runner.report(spare.id, bad());
  t.same(await ended(), [spare.id]);
  const unchecked = aService({ reals: TWO, quiescent: false, checktype: 'off' });
  const other = succession(t);
  await other.apply(unchecked);
  other.director.takeCharge([left(A), left(B)]);
  t.same(await other.ended(), []);
});

t.test(
  'one that cannot be asked is told of, and one that has ended is not asked',
  async (t) => {
    const { elder, runner, log, ended } = await atWork(t);
    elder.end = () => Promise.reject(new Error('nobody answers'));
    runner.report(A, bad());
    await ended();
    t.match(log.take().join('\n'), /may go on .*nobody answers; it is asked again/);
    elder.alive = false;
    runner.report(B, bad());
    await ended();
    t.notMatch(log.take().join('\n'), /go on/);
  },
);

t.test('one that hangs holds up nothing at another one', async (t) => {
  const reals = Array.from({ length: 50 }, (_, n) => aReal(`10.1.2.${n}:80`));
  const hung = { end: () => new Promise<number>(() => {}) };
  const { apply, runner, director, ended } = succession(t, [hung]);
  await apply(aService({ reals, quiescent: false }));
  director.takeCharge([]);
  for (const { id } of reals) runner.report(id, bad());
  t.equal((await ended()).length, reals.length);
});

t.test('many at once are ended a few at a time', async (t) => {
  const reals = Array.from({ length: 50 }, (_, n) => aReal(`10.1.2.${n}:80`));
  const { apply, elder, runner, director, settle } = succession(t);
  await apply(aService({ reals, quiescent: false }));
  const open: (() => void)[] = [];
  let asked = 0;
  elder.end = async () => {
    asked++;
    await new Promise<void>((resolve) => open.push(resolve));
    return 1;
  };
  director.takeCharge([]);
  for (const { id } of reals) runner.report(id, bad());
  await settle();
  while (open.length > 0) {
    t.ok(open.length <= 4, `${open.length} at once`);
    for (const answer of open.splice(0)) answer();
    await settle();
  }
  t.equal(asked, reals.length);
});
