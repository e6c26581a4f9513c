import { mock } from 'node:test';
import t, { type Test } from 'tap';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aConfig, aFallback, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { until } from '../support/engine-rig.ts';
import { carried, recordingEngine } from '../support/recording-engine.ts';
import { bad, good } from '../support/reports.ts';

const A = '10.1.1.21:80';
const B = '10.1.1.22:80';
const options = { ...OPTIONS, engine: 'nftables' } as const;
const web = aService({
  options,
  reals: [aReal(A, { weight: 2 }), aReal(B)],
  quiescent: true,
  fallback: aFallback('127.0.0.1:80'),
});
const LEFT = [
  {
    id: WEB,
    servers: [
      { id: A, weight: 2 },
      { id: B, weight: 0 },
    ],
  },
];

t.test('what is in force is asked for once, before the first table', async (t) => {
  const nftables = recordingEngine({ recovered: LEFT });
  const { director, engine } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  const plain = aService({ port: 81, reals: [aReal('10.1.1.23:81')] });
  await director.apply(aConfig([web, plain]));
  t.strictSame(nftables.calls.slice(0, 4), [
    'probe',
    'left',
    `recover ${WEB}`,
    `apply ${WEB}`,
  ]);
  t.equal(nftables.calls.filter((call) => /^recover/.test(call)).length, 1);
  t.strictSame(
    engine.calls.slice(0, 5),
    ['left', 'probe', 'left', `recover ${plain.id}`, `apply ${plain.id}`],
    'net: when it is to carry something',
  );
});

t.test('the first table is what is in force, until checks say otherwise', async (t) => {
  const nftables = recordingEngine({ recovered: LEFT });
  const { director, runner, log, settle } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  const [first] = nftables.tables;
  t.match(first, [
    {
      servers: [
        { id: A, weight: 2 },
        { id: B, weight: 0 },
      ],
    },
  ]);
  t.strictSame(director.starting(), [WEB]);
  t.match(await director.services(), [
    {
      state: 'starting',
      fallbackActive: false,
      reals: [
        { state: 'starting', weight: 2, inForce: true },
        { state: 'starting', weight: 0, inForce: true },
        { fallback: true, inForce: false },
      ],
    },
  ]);
  log.take();
  runner.report(A, bad());
  await settle();
  t.strictSame(nftables.inForce(WEB), [`${A}@0`, `${B}@0`], 'no fallback yet');
  runner.report(B, good());
  await settle();
  t.strictSame(nftables.inForce(WEB), [`${A}@0`, `${B}@1`]);
  t.strictSame(director.starting(), []);
  t.match(log.take(), [/^Quiescent real server: /, /^Restored real server: /]);
});

t.test('an engine that nobody wants and that left nothing is let alone', async (t) => {
  const nftables = recordingEngine({ recovered: LEFT });
  const { director, engine } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([{ ...web, options: OPTIONS }]));
  t.strictSame(engine.inForce(WEB), []);
  t.strictSame(nftables.calls, ['left']);
});

/** An engine that an earlier run left something in, beside `net`. */
async function leftIn(
  t: Test,
  how: Parameters<typeof recordingEngine>[0],
  services: readonly VirtualService[],
) {
  const calls: string[] = [];
  const journal = (name: string) => ({ journal: { name, calls } });
  const nftables = recordingEngine({
    ...{ left: async () => true, recovered: LEFT },
    ...how,
    ...journal('nftables'),
  });
  const bench = aBench(t, recordingEngine(journal('net')), { nftables });
  await bench.director.apply(aConfig(services));
  const applied = () => calls.filter((call) => / apply/.test(call));
  return { ...bench, nftables, calls, applied };
}

const moved = { ...web, options: OPTIONS };

t.test(
  'what an earlier run left elsewhere goes on until the move is over',
  async (t) => {
    const { director, engine, nftables, calls, applied, log } = await leftIn(t, {}, [
      moved,
    ]);
    t.ok(
      calls.includes(`nftables recover ${WEB}`),
      'of a service that net is to carry',
    );
    const order = applied();
    t.ok(
      order.indexOf('nftables apply') > order.indexOf(`net apply ${WEB}`),
      order.join(', '),
    );
    t.strictSame(engine.inForce(WEB), [`${A}@2`, `${B}@0`], 'with the weights it had');
    t.equal(nftables.inForce(WEB), undefined);
    t.strictSame(log.take(), [
      'Added virtual server: 10.1.1.19:80',
      'Moving virtual server 10.1.1.19:80 from nftables to net (engine = net)',
      'Moved virtual server 10.1.1.19:80 from nftables to net',
    ]);
    t.match(await director.services(), [{ engine: 'net', state: 'starting' }]);
  },
);

t.test('and for good, where the other engine cannot take it', async (t) => {
  const { engine, nftables, director } = await leftIn(t, {}, [
    { ...moved, options: { ...OPTIONS, engine: 'ipvs' } },
  ]);
  t.strictSame(nftables.inForce(WEB), [`${A}@2`, `${B}@0`]);
  t.strictSame(engine.calls, ['left'], 'net has nothing to do');
  t.match(await director.services(), [
    { engine: 'nftables', problem: /until then nftables carries it$/ },
  ]);
});

t.test('what no service is in any more goes at once', async (t) => {
  const other = aService({ port: 81, reals: [aReal('10.1.1.23:81')] });
  for (const services of [[other], []]) {
    const { nftables, calls } = await leftIn(t, { recovered: [] }, services);
    const ids = services.map(({ id }) => ` ${id}`).join('');
    t.ok(calls.includes(`nftables recover${ids}`));
    t.strictSame(nftables.tables, [[]], 'an empty table');
  }
});

t.test('so does what its engine cannot carry any more', async (t) => {
  const { nftables, engine } = await leftIn(t, { refuses: () => 'a gate' }, [moved]);
  t.strictSame(nftables.tables, [[]]);
  t.strictSame(engine.inForce(WEB), []);
});

t.test('an engine that cannot work here gives up what it left', async (t) => {
  const { nftables, director } = await leftIn(
    t,
    { probe: async () => 'ip_forward is off' },
    [web],
  );
  t.strictSame(nftables.tables, [[]], 'which would forward nowhere');
  t.match(await director.services(), [
    { state: 'failed', problem: 'engine = nftables: ip_forward is off' },
  ]);
});

t.test('what is left is taken down, though it takes two attempts', async (t) => {
  let defects = 1;
  const { nftables, log } = await leftIn(
    t,
    {
      apply: async (table) => {
        if (defects-- > 0) throw new Error('nft was killed');
        return table.map(carried);
      },
    },
    [],
  );
  t.strictSame(log.take(), ['engine: nft was killed']);
  await until(() => nftables.tables.length === 2);
});

t.test(
  'an engine that cannot even look is asked again at the next reload',
  async (t) => {
    let broken = true;
    const left = async () => {
      if (broken) throw new Error('spawn EMFILE');
      return true;
    };
    const { director, nftables, log } = await leftIn(t, { left }, [moved]);
    t.strictSame(nftables.tables, []);
    t.match(log.take()[0], /^No word from the engine nftables of .*: spawn EMFILE$/);
    broken = false;
    await director.apply(aConfig([moved]));
    t.strictSame(nftables.tables, [[]]);
  },
);

t.test('an engine that cannot tell has found nothing', async (t) => {
  const nftables = recordingEngine({
    recover: async () => {
      throw new Error('nft was killed');
    },
  });
  const { director, log } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  t.strictSame(nftables.inForce(WEB), []);
  t.match(log.lines, [
    /^No word from the engine nftables of what is in force: nft was killed$/,
    /^Added/,
    /^Engine/,
  ]);
});

t.test('an engine that comes to work at a reload is asked then', async (t) => {
  let problem: string | undefined = 'there is no nft here';
  const nftables = recordingEngine({ recovered: LEFT, probe: async () => problem });
  const { director, log } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  t.strictSame(nftables.calls, ['probe', 'left']);
  t.strictSame(log.take(), [
    'Not carried: virtual server 10.1.1.19:80: engine = nftables: there is no nft here',
  ]);
  t.match(await director.services(), [
    { engine: 'nftables', state: 'failed', problem: /there is no nft here$/ },
  ]);
  problem = undefined;
  await director.apply(aConfig([web]));
  t.strictSame(nftables.calls.slice(2), [
    'probe',
    'left',
    `recover ${WEB}`,
    `apply ${WEB}`,
  ]);
  t.strictSame(log.take(), [
    'Changed virtual server: 10.1.1.19:80',
    'Engine of virtual server 10.1.1.19:80: nftables (engine = nftables)',
  ]);
  await director.apply(aConfig([web]));
  t.equal(nftables.calls.filter((call) => call === 'probe').length, 2, 'it is at work');
});

t.test('an engine that does not say whether it can work cannot', async (t) => {
  const nftables = recordingEngine({
    probe: async () => {
      throw new Error('spawn EACCES');
    },
  });
  const { director } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  t.match(await director.services(), [
    {
      state: 'failed',
      problem: /^engine = nftables: it did not say .*: spawn EACCES$/,
    },
  ]);
});

t.test('one that hangs is not waited for', async (t) => {
  const nftables = recordingEngine({ probe: () => new Promise(() => {}) });
  const { director, settle } = aBench(t, undefined, { nftables });
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const auto = { ...OPTIONS, engine: 'auto' } as const;
  const applied = director.apply(aConfig([{ ...web, options: auto }]));
  await settle();
  t.strictSame(director.starting(), []);
  mock.timers.tick(2000);
  await applied;
  t.match(await director.services(), [
    {
      engine: 'net',
      engineReason: /^auto: nftables: it did not say .*: no answer within 2000 ms$/,
      state: 'starting',
    },
  ]);
});

t.test('auto says in log and status what it took, and why', async (t) => {
  let inexact: string | undefined;
  const nftables = recordingEngine({
    returnPath: 'snat is on',
    inexact: () => inexact,
  });
  const { director, log } = aBench(t, undefined, { nftables });
  const auto = { ...OPTIONS, engine: 'auto' } as const;
  await director.apply(aConfig([{ ...web, options: auto }]));
  const reason = 'auto: wrr is exact there, and snat is on';
  t.strictSame(log.take(), [
    'Added virtual server: 10.1.1.19:80',
    `Engine of virtual server 10.1.1.19:80: nftables (${reason})`,
  ]);
  t.match(await director.services(), [{ engine: 'nftables', engineReason: reason }]);
  inexact = 'wlc lags';
  await director.apply(aConfig([{ ...web, options: auto, scheduler: 'wlc' }]));
  t.strictSame(log.take(), [
    'Changed virtual server: 10.1.1.19:80',
    'Moving virtual server 10.1.1.19:80 from nftables to net (auto: nftables: wlc lags)',
    'Moved virtual server 10.1.1.19:80 from nftables to net',
  ]);
});
