import t from 'tap';
import { aConfig, aFallback, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, type Bench, WEB } from '../support/director.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const REALS = [aReal('10.1.1.21:80'), aReal('10.1.1.22:80')];

/** What was told since the last call: state, subject, and `out`, `back` or nothing. */
function teller({ alerts }: Bench) {
  let seen = 0;
  return () => {
    const fresh = alerts.told.slice(seen).map(({ state, subject, about }) => {
      const then = about ? [about.out ? 'out' : 'back'] : [];
      return [state, subject, ...then].join(': ');
    });
    seen = alerts.told.length;
    return fresh;
  };
}

t.test('a first result belongs to the start, later ones to the run', async (t) => {
  const bench = aBench(t);
  const told = teller(bench);
  const service = aService({ reals: REALS, quiescent: true });
  await bench.director.apply(aConfig([service]));
  t.strictSame(told(), []);
  bench.runner.report('10.1.1.21:80', good());
  bench.runner.report('10.1.1.21:80', bad());
  bench.runner.report('10.1.1.22:80', bad());
  t.strictSame(told(), [
    'starting: Added real server: 10.1.1.21:80 (10.1.1.19:80) (Weight set to 1): back',
    'running: Quiescent real server: 10.1.1.21:80 (10.1.1.19:80) (Weight set to 0): out',
    'starting: Quiescent real server: 10.1.1.22:80 (10.1.1.19:80) (Weight set to 0): out',
  ]);
  t.match(bench.alerts.told[1], {
    finding: 'connect, 3 ms: connect ECONNREFUSED 10.1.1.21:80',
    at: NOON,
  });
});

t.test('the fallback is told of, and nobody is reminded of it', async (t) => {
  const bench = aBench(t);
  const told = teller(bench);
  const fallback = aFallback('127.0.0.1:80');
  await bench.director.apply(
    aConfig([aService({ reals: [aReal('10.1.1.21:80')], fallback })]),
  );
  bench.runner.report('10.1.1.21:80', bad());
  bench.runner.report('10.1.1.21:80', good());
  t.strictSame(told(), [
    'starting: Deleted real server: 10.1.1.21:80 (10.1.1.19:80): out',
    'starting: Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
    'running: Added real server: 10.1.1.21:80 (10.1.1.19:80) (Weight set to 1): back',
    'running: Deleted fallback server: 127.0.0.1:80 (10.1.1.19:80)',
  ]);
});

t.test('soft failures are not told; maintenance is, in its words', async (t) => {
  const bench = aBench(t);
  const told = teller(bench);
  await bench.director.apply(aConfig([aService({ reals: REALS, failurecount: 2 })]));
  bench.runner.report('10.1.1.21:80', good());
  told();
  bench.runner.report('10.1.1.21:80', bad());
  bench.runner.report('10.1.1.21:80', good());
  t.strictSame(told(), []);
  bench.runner.report('10.1.1.21:80', maintained());
  t.strictSame(told(), [
    'running: Deleted real server: 10.1.1.21:80 (10.1.1.19:80): out',
  ]);
  t.equal(bench.alerts.told.at(-1)?.finding, 'Server in maintenance');
});

t.test(
  'readdquiescent is told in the words of quiescent, as by ldirectord',
  async (t) => {
    const bench = aBench(t);
    const told = teller(bench);
    const before = aService({ reals: [aReal('10.1.1.21:80')] });
    await bench.director.apply(aConfig([before]));
    bench.runner.report('10.1.1.21:80', bad());
    told();
    const after = { ...before, quiescent: true, readdquiescent: true };
    await bench.director.apply(aConfig([after]));
    t.strictSame(told(), [
      'reloading: Quiescent real server: 10.1.1.21:80 (10.1.1.19:80) (Weight set to 0): out',
    ]);
  },
);

t.test(
  'what a reload changes belongs to it, first results of new servers too',
  async (t) => {
    const bench = aBench(t);
    const told = teller(bench);
    const service = aService({ reals: REALS, quiescent: true });
    await bench.director.apply(aConfig([service]));
    for (const { id } of REALS) bench.runner.report(id, good());
    told();
    const reals = [aReal('10.1.1.21:80', { weight: 7 }), aReal('10.1.1.23:80')];
    await bench.director.apply(aConfig([{ ...service, reals }]));
    bench.runner.report('10.1.1.23:80', good());
    bench.runner.report('10.1.1.21:80', bad());
    t.strictSame(told(), [
      'reloading: Purged real server (start): 10.1.1.22:80 (10.1.1.19:80): back',
      'reloading: Restored real server: 10.1.1.21:80 (10.1.1.19:80) (Weight set to 7): back',
      'reloading: Added real server: 10.1.1.23:80 (10.1.1.19:80) (Weight set to 1): back',
      'running: Quiescent real server: 10.1.1.21:80 (10.1.1.19:80) (Weight set to 0): out',
    ]);
    t.strictSame(bench.alerts.followed(), [WEB]);
    await bench.director.apply(aConfig([]));
    t.strictSame(bench.alerts.followed(), []);
  },
);

t.test('the end tells of servers that were up, as cleanstop says', async (t) => {
  for (const cleanstop of [true, false]) {
    const bench = aBench(t);
    const told = teller(bench);
    await bench.director.apply(aConfig([aService({ reals: REALS, cleanstop })]));
    bench.runner.report('10.1.1.21:80', good());
    bench.runner.report('10.1.1.22:80', bad());
    told();
    await bench.director.close();
    const purged = 'stopping: Purged real server (stop): 10.1.1.21:80 (10.1.1.19:80)';
    t.strictSame(told(), cleanstop ? [purged] : []);
  }
});

t.test('every report of every service goes to the monitor, once', async (t) => {
  const bench = aBench(t);
  const two = aService({ port: 81, reals: REALS });
  await bench.director.apply(aConfig([aService({ reals: REALS }), two]));
  bench.runner.report('10.1.1.21:80', good());
  bench.runner.report('10.1.1.21:80', good());
  bench.runner.report('10.1.1.22:80', maintained());
  const places = bench.alerts.reports.map(([place]) => place);
  t.strictSame(places.sort(), [
    `${WEB} 10.1.1.21:80`,
    `${WEB} 10.1.1.21:80`,
    `${WEB} 10.1.1.22:80`,
    `${two.id} 10.1.1.21:80`,
    `${two.id} 10.1.1.21:80`,
    `${two.id} 10.1.1.22:80`,
  ]);
});

/** `REAL FROM>TO UP/ALL: REASON` of each change of state since the last call. */
function turns({ alerts }: Bench) {
  let seen = 0;
  return () => {
    const fresh = alerts.changes.slice(seen).map(({ real, from, to, ...rest }) => {
      const { up, reals, reason } = rest;
      return `${real ?? 'service'} ${from}>${to} ${up}/${reals}: ${reason}`;
    });
    seen = alerts.changes.length;
    return fresh;
  };
}

const HOOKED = { ...OPTIONS, webhook: 'https://hooks.example.com/' };

t.test(
  'each change of state is told to hooks, of servers before services',
  async (t) => {
    const bench = aBench(t);
    const told = turns(bench);
    const fallback = aFallback('127.0.0.1:80');
    const service = aService({ reals: REALS, options: HOOKED, fallback });
    await bench.director.apply(aConfig([service]));
    t.strictSame(told(), []);
    bench.runner.report('10.1.1.21:80', good());
    await bench.settle();
    t.strictSame(told(), [
      '10.1.1.21:80 starting>up 1/2: 200 OK',
      'service starting>up 1/2: null',
    ]);
    bench.runner.report('10.1.1.21:80', good());
    bench.runner.report('10.1.1.22:80', bad());
    t.strictSame(told(), [
      '10.1.1.22:80 starting>down 1/2: connect ECONNREFUSED 10.1.1.21:80',
    ]);
    bench.runner.report('10.1.1.21:80', bad());
    t.strictSame(told(), [
      '10.1.1.21:80 up>down 0/2: connect ECONNREFUSED 10.1.1.21:80',
      'service up>fallback 0/2: null',
    ]);
    bench.runner.report('10.1.1.21:80', maintained());
    t.strictSame(told().length, 1);
    bench.runner.report('10.1.1.21:80', good());
    await bench.director.desk.change(
      { service: WEB, real: '10.1.1.21:80' },
      { state: 'drain' },
      'anna',
    );
    t.strictSame(told().slice(1), [
      'service fallback>up 1/2: null',
      '10.1.1.21:80 up>drain 0/2: changed by anna',
      'service up>down 0/2: every real server that is up has weight 0, and the fallback is for when none is up: give one a weight above 0',
    ]);
    t.match(bench.alerts.changes[0], { service: WEB, at: NOON });
  },
);

t.test('what comes and goes is told to hooks, and the end', async (t) => {
  const bench = aBench(t);
  const told = turns(bench);
  const [a, b] = REALS.map((real) => aService({ reals: [real], options: HOOKED }));
  if (!a || !b) throw new Error('two services');
  const other = aService({
    ...{ reals: b.reals, options: HOOKED },
    ...{ port: 81, cleanstop: false },
  });
  await bench.director.apply(aConfig([a, other]));
  bench.runner.report('10.1.1.21:80', good());
  bench.runner.report('10.1.1.22:80', good());
  await bench.settle();
  told();
  await bench.director.apply(aConfig([{ ...a, reals: b.reals }]));
  await bench.settle();
  t.strictSame(told(), [
    '10.1.1.21:80 up>null 0/1: null',
    'service up>down 0/1: null',
    'service up>null 1/1: it left the configuration',
  ]);
  bench.runner.report('10.1.1.22:80', good());
  told();
  await bench.director.close();
  t.strictSame(told(), ['service up>null 1/1: the director ends']);
});

t.test('without a hook nothing is told to any', async (t) => {
  const bench = aBench(t);
  await bench.director.apply(aConfig([aService({ reals: REALS })]));
  bench.runner.report('10.1.1.21:80', good());
  await bench.director.close();
  t.strictSame(bench.alerts.changes, []);
});
