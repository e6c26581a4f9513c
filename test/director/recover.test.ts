import { mock } from 'node:test';
import t from 'tap';
import { aConfig, aFallback, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { recordingEngine } from '../support/recording-engine.ts';
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
  t.strictSame(nftables.calls.slice(0, 3), ['probe', 'recover', `apply ${WEB}`]);
  t.equal(nftables.calls.filter((call) => call === 'recover').length, 1);
  const [probe, apply, again, ...rest] = engine.calls;
  t.strictSame([probe, apply, again], ['probe', 'apply', 'probe']);
  t.equal(rest[0], 'recover', 'net: when it is to carry something');
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

t.test('what another engine has left is not taken for its own', async (t) => {
  const nftables = recordingEngine({ recovered: LEFT });
  const { director, engine } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([{ ...web, options: OPTIONS }]));
  t.strictSame(engine.inForce(WEB), []);
  t.strictSame(nftables.calls, ['probe', 'apply'], 'and goes: its table is empty');
});

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
    /^No word of what is in force .*nft was killed/,
    /^Added/,
    /^Engine/,
  ]);
});

t.test('an engine that comes to work at a reload is asked then', async (t) => {
  let problem: string | undefined = 'there is no nft here';
  const nftables = recordingEngine({ recovered: LEFT, probe: async () => problem });
  const { director, log } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  t.strictSame(nftables.calls, ['probe']);
  t.strictSame(log.take(), [
    'Not carried: virtual server 10.1.1.19:80: engine = nftables: there is no nft here',
  ]);
  t.match(await director.services(), [
    { engine: 'nftables', state: 'failed', problem: /there is no nft here$/ },
  ]);
  problem = undefined;
  await director.apply(aConfig([web]));
  t.strictSame(nftables.calls, ['probe', 'probe', 'recover', `apply ${WEB}`]);
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
    { state: 'failed', problem: 'engine = nftables: spawn EACCES' },
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
      engineReason: /^auto: nftables: it did not say within 2000 ms/,
      state: 'starting',
    },
  ]);
});

t.test('an engine without services that fails is not asked again', async (t) => {
  let calls = 0;
  const nftables = recordingEngine({
    apply: async () => {
      calls++;
      throw new Error('nft was killed');
    },
  });
  const { director, log, settle } = aBench(t, undefined, { nftables });
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  await director.apply(aConfig([{ ...web, options: OPTIONS }]));
  t.equal(log.lines.filter((line) => /nft was killed/.test(line)).length, 1);
  mock.timers.tick(5000);
  await settle();
  t.equal(calls, 1);
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
