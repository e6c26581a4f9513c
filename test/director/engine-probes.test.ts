import { mock } from 'node:test';
import t from 'tap';
import { aConfig, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { web } from '../support/left-in-nftables.ts';
import { recordingEngine } from '../support/recording-engine.ts';

const auto = { ...OPTIONS, engine: 'auto' } as const;
const open = { ...web, options: auto };

t.test('an engine that comes to work at a reload is asked then', async (t) => {
  let problem: string | undefined = 'there is no nft here';
  const nftables = recordingEngine({
    returnPath: 'snat is on',
    probe: async () => problem,
  });
  const { director, log } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([open]));
  t.strictSame(nftables.calls, ['probe', 'left']);
  const passed = `auto: nftables: ${problem}`;
  t.strictSame(log.take(), [
    'Added virtual server: 10.1.1.19:80',
    `Engine of virtual server 10.1.1.19:80: net (${passed})`,
  ]);
  t.match(await director.services(), [{ engine: 'net', engineReason: passed }]);
  problem = undefined;
  await director.apply(aConfig([open]));
  t.strictSame(nftables.calls.slice(2, 5), ['probe', 'left', `recover ${WEB}`]);
  t.match(await director.services(), [{ engine: 'nftables' }]);
  await director.apply(aConfig([open]));
  t.equal(nftables.calls.filter((call) => call === 'probe').length, 2, 'it is at work');
});

t.test('one that is named is not asked: it says itself what it lacks', async (t) => {
  const problem = 'ip_forward is off';
  const nftables = recordingEngine({
    probe: async () => problem,
    apply: async (table) =>
      table.map(({ service: { id } }) => ({ id, state: 'failed', problem }) as const),
  });
  const { director } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  t.notOk(nftables.calls.includes('probe'));
  t.match(await director.services(), [
    { engine: 'nftables', state: 'failed', problem },
  ]);
  nftables.tell({ type: 'outcome', outcome: { id: WEB, state: 'carried' } });
  await new Promise((done) => setImmediate(done));
  t.match(await director.services(), [{ engine: 'nftables', state: 'starting' }]);
});

t.test('an engine that does not say whether it can work cannot', async (t) => {
  const nftables = recordingEngine({
    probe: async () => {
      throw new Error('spawn EACCES');
    },
  });
  const { director } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([open]));
  t.match(await director.services(), [
    {
      engine: 'net',
      engineReason: /^auto: nftables: it did not say .*: spawn EACCES$/,
    },
  ]);
});

t.test('one that hangs is not waited for', async (t) => {
  const nftables = recordingEngine({ probe: () => new Promise(() => {}) });
  const { director, settle } = aBench(t, undefined, { nftables });
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const applied = director.apply(aConfig([open]));
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
  await director.apply(aConfig([open]));
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

t.test('another reason for the same engine is in log and status', async (t) => {
  let problem = 'there is no nft here';
  const nftables = recordingEngine({ probe: async () => problem });
  const { director, log } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([open]));
  log.take();
  await director.apply(aConfig([open]));
  t.strictSame(log.take(), [], 'the same');
  problem = 'ip_forward is off';
  await director.apply(aConfig([open]));
  const reason = `auto: nftables: ${problem}`;
  t.strictSame(log.take(), [`Engine of virtual server 10.1.1.19:80: net (${reason})`]);
  t.match(await director.services(), [{ engine: 'net', engineReason: reason }]);
  const named = { ...web, options: { ...OPTIONS, engine: 'net' } } as const;
  await director.apply(aConfig([named]));
  t.strictSame(log.take(), [
    'Changed virtual server: 10.1.1.19:80',
    'Engine of virtual server 10.1.1.19:80: net (engine = net)',
  ]);
});
