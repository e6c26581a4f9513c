import t from 'tap';
import { aConfig, aFallback, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { recordingEngine } from '../support/recording-engine.ts';
import { bad, good, maintained } from '../support/reports.ts';

const REALS = [aReal('10.1.1.21:80'), aReal('10.1.1.22:80', { weight: 3 })];

t.test('a server gets traffic after its first good check, not before', async (t) => {
  const { director, runner, inForce, log } = aBench(t);
  await director.apply(aConfig([aService({ reals: REALS })]));
  t.strictSame(await inForce(), []);
  t.strictSame(director.starting(), [WEB]);
  runner.report('10.1.1.22:80', good());
  t.strictSame(await inForce(), ['10.1.1.22:80@3']);
  t.strictSame(director.starting(), []);
  t.strictSame(log.take(), [
    'Added virtual server: 10.1.1.19:80',
    'Added real server: 10.1.1.22:80 (10.1.1.19:80) (Weight set to 3) (connect, 3 ms: 200 OK)',
  ]);
});

t.test(
  'the fallback takes over when all are down, and goes when one is back',
  async (t) => {
    const { director, runner, inForce, log } = aBench(t);
    const fallback = aFallback('127.0.0.1:80');
    const service = aService({ reals: REALS, fallback, quiescent: true });
    await director.apply(aConfig([service]));
    runner.report('10.1.1.21:80', bad());
    t.strictSame(
      await inForce(),
      ['10.1.1.21:80@0'],
      'still starting: no fallback yet',
    );
    runner.report('10.1.1.22:80', bad());
    const quiet = ['10.1.1.21:80@0', '10.1.1.22:80@0'];
    t.strictSame(await inForce(), [...quiet, 'fallback:127.0.0.1:80@1']);
    runner.report('10.1.1.22:80', good());
    t.strictSame(await inForce(), ['10.1.1.21:80@0', '10.1.1.22:80@3']);
    t.match(
      log.lines.at(-1),
      /^Deleted fallback server: 127.0.0.1:80 \(10.1.1.19:80\)$/,
    );
  },
);

t.test('settled() waits until every service has left its start behind', async (t) => {
  const { director, runner } = aBench(t);
  const other = aService({ port: 81, reals: [aReal('10.1.1.23:81')] });
  await director.apply(aConfig([aService({ reals: REALS }), other]));
  let settled = false;
  const waiting = director.settled(new AbortController().signal).then(() => {
    settled = true;
  });
  runner.report('10.1.1.21:80', good());
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  t.equal(settled, false);
  t.strictSame(director.starting(), [other.id]);
  runner.report('10.1.1.23:81', bad());
  await waiting;
  t.strictSame(director.starting(), []);
});

t.test('settled() ends when its signal aborts', async (t) => {
  const { director } = aBench(t);
  await director.apply(aConfig([aService({ reals: REALS })]));
  const end = new AbortController();
  const waiting = director.settled(end.signal);
  end.abort();
  await waiting;
  t.strictSame(director.starting(), [WEB]);
});

t.test('changes of one turn go to the engine together', async (t) => {
  const { director, runner, engine, inForce } = aBench(t);
  await director.apply(aConfig([aService({ reals: REALS })]));
  const before = engine.tables.length;
  runner.report('10.1.1.21:80', good());
  runner.report('10.1.1.22:80', good());
  t.strictSame(await inForce(), ['10.1.1.21:80@1', '10.1.1.22:80@3']);
  t.equal(engine.tables.length, before + 1);
});

t.test('never two apply() at once, and the latest table wins', async (t) => {
  const gates: (() => void)[] = [];
  const engine = recordingEngine({
    apply: async () => {
      await new Promise<void>((open) => gates.push(open));
      return [];
    },
  });
  const { director, runner, settle } = aBench(t, engine);
  const applied = director.apply(aConfig([aService({ reals: REALS })]));
  await settle();
  runner.report('10.1.1.21:80', good());
  await settle();
  runner.report('10.1.1.22:80', good());
  await settle();
  t.equal(engine.tables.length, 1, 'the first is still under way');
  gates[0]?.();
  await applied;
  await settle();
  t.equal(engine.tables.length, 2);
  t.strictSame(engine.inForce(WEB), ['10.1.1.21:80@1', '10.1.1.22:80@3']);
  gates[1]?.();
  await settle();
  t.equal(engine.mostAtOnce(), 1);
});

t.test('a service that did not change keeps its entry', async (t) => {
  const { director, runner, engine, settle } = aBench(t);
  const other = aService({ port: 81, reals: [aReal('10.1.1.23:81')] });
  await director.apply(aConfig([aService({ reals: REALS }), other]));
  runner.report('10.1.1.23:81', good());
  await settle();
  const before = engine.tables.at(-1)?.[1];
  runner.report('10.1.1.21:80', good());
  await settle();
  t.equal(engine.tables.at(-1)?.[1], before);
});

t.test('maintenancedir goes to the checks, and takes a server out', async (t) => {
  const { director, runner, inForce } = aBench(t);
  const service = aService({ reals: REALS, quiescent: true });
  await director.apply(aConfig([service], { maintenancedir: '/etc/ha.d/maintenance' }));
  t.equal(runner.maintenance(), '/etc/ha.d/maintenance');
  runner.report('10.1.1.21:80', good());
  runner.report('10.1.1.21:80', maintained());
  t.strictSame(await inForce(), ['10.1.1.21:80@0']);
  await director.apply(aConfig([service]));
  t.equal(runner.maintenance(), undefined);
});

t.test('a service that the engine refuses is checked all the same', async (t) => {
  const engine = recordingEngine({
    refuses: ({ protocol }) =>
      protocol === 'udp' ? 'net carries TCP only' : undefined,
  });
  const { director, runner, log, inForce } = aBench(t, engine);
  const dns = aService({ protocol: 'udp', port: 53, reals: [aReal('10.1.1.21:53')] });
  await director.apply(aConfig([dns]));
  t.strictSame(log.take(), [
    'Not carried: virtual server 10.1.1.19:53: net carries TCP only',
  ]);
  t.strictSame(director.starting(), ['udp:10.1.1.19:53']);
  runner.report('10.1.1.21:53', good());
  t.strictSame(director.starting(), []);
  t.equal(await inForce('udp:10.1.1.19:53'), undefined);
  const [status] = await director.services();
  t.match(status, { state: 'failed', problem: 'net carries TCP only' });
  t.match(status?.reals, [{ state: 'up', check: { up: true } }]);
});

t.test('an engine that is not there is named, with those that are', async (t) => {
  const { director, log } = aBench(t);
  const options = { ...OPTIONS, engine: 'ipvs' } as const;
  await director.apply(aConfig([aService({ options })]));
  t.match(log.lines[0], /engine = ipvs: .*set one of: net$/);
  t.match(await director.services(), [{ engine: 'ipvs', state: 'failed' }]);
});

t.test('engine = auto is net where it has no engine of its own', async (t) => {
  const { director, inForce } = aBench(t);
  const options = { ...OPTIONS, engine: 'auto' } as const;
  await director.apply(aConfig([aService({ options })]));
  t.strictSame(await inForce(), []);
  t.match(await director.services(), [{ engine: 'net' }]);
});

t.test(
  'a service whose check is not there says so, and has its fallback',
  async (t) => {
    const { director, runner, log, inForce } = aBench(t);
    const service = aService({
      reals: REALS,
      unavailable: 'service oracle needs what is not there',
      fallback: aFallback('127.0.0.1:80'),
    });
    await director.apply(aConfig([service]));
    t.strictSame(runner.plans(), []);
    t.strictSame(await inForce(), ['fallback:127.0.0.1:80@1']);
    t.match(log.lines[1], /^Not checked: 10.1.1.19:80: service oracle needs /);
    const [status] = await director.services();
    t.match(status, { state: 'fallback', problem: /oracle/ });
    t.match(status?.reals, [
      { state: 'unchecked' },
      { state: 'unchecked' },
      { state: 'up' },
    ]);
  },
);

t.test(
  'close() ends the checks, says what it purges, and closes the engine',
  async (t) => {
    const { director, runner, engine, log } = aBench(t);
    const kept = aService({
      port: 81,
      cleanstop: false,
      reals: [aReal('10.1.1.23:81')],
    });
    await director.apply(aConfig([aService({ reals: REALS }), kept]));
    runner.report('10.1.1.22:80', good());
    log.take();
    await Promise.all([director.close(), director.close()]);
    t.strictSame(runner.plans(), []);
    t.equal(engine.closed(), true);
    t.strictSame(log.take(), [
      'Purged real server (stop): 10.1.1.22:80 (10.1.1.19:80)',
      'Purged virtual server (stop): 10.1.1.19:80',
    ]);
  },
);

t.test('one that never was in charge takes no leave', async (t) => {
  const { director, runner, engine, log, alerts } = aBench(t);
  await director.apply(aConfig([aService({ reals: REALS })]));
  runner.report('10.1.1.22:80', good());
  log.take();
  const told = alerts.told.length;
  await director.close(true);
  t.equal(engine.closed(), true);
  t.strictSame(log.take(), []);
  t.equal(alerts.told.length, told);
});

t.test('apply() after close() does nothing', async (t) => {
  const { director, runner } = aBench(t);
  await director.close();
  await director.apply(aConfig([aService({ reals: REALS })]));
  t.strictSame(runner.plans(), []);
});

t.test('services that share a check count failures each for itself', async (t) => {
  const { director, runner, inForce } = aBench(t);
  const reals = [aReal('10.1.1.21:80')];
  const patient = aService({ port: 81, reals, failurecount: 3 });
  await director.apply(aConfig([aService({ reals, failurecount: 2 }), patient]));
  runner.report('10.1.1.21:80', good());
  runner.report('10.1.1.21:80', bad());
  runner.report('10.1.1.21:80', bad());
  t.strictSame(await inForce(), []);
  t.strictSame(await inForce(patient.id), ['10.1.1.21:80@1']);
});

t.test('a service that fails by a defect leaves the others alone', async (t) => {
  const engine = recordingEngine({
    refuses: ({ port }) => {
      if (port === 81) throw new Error('defect');
      return undefined;
    },
  });
  const { director, runner, log, inForce } = aBench(t, engine);
  await director.apply(aConfig([aService({ port: 81 }), aService({ reals: REALS })]));
  t.equal(log.lines[0], 'Defect in virtual server tcp:10.1.1.19:81: Error: defect');
  runner.report('10.1.1.21:80', good());
  t.strictSame(await inForce(), ['10.1.1.21:80@1']);
});
