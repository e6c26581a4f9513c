import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { ChosenCheck, chooseCheck } from '../../lib/checks/choose.ts';
import { noteLack } from '../../lib/checks/own-lack.ts';
import { type CheckRunnerOptions, createCheckRunner } from '../../lib/checks/runner.ts';
import type { Check, CheckPlan, CheckReport } from '../../lib/model/check.ts';
import { checkTarget, pattern, silentLog } from '../support/check-target.ts';
import { rawServer, saying } from '../support/raw-server.ts';

/** Gives every target that check, whatever its type; records which word was asked for. */
function always(check: Check, timeoutMs = 60_000) {
  const words: string[] = [];
  const chosen: ChosenCheck = {
    load: async () => check,
    timeoutMs,
    timeoutWords: `${timeoutMs} ms`,
  };
  const choose: typeof chooseCheck = (_target, word) => {
    words.push(word);
    return chosen;
  };
  return { choose, words };
}

function runnerOf(t: Test, options: Partial<CheckRunnerOptions> = {}) {
  const runner = createCheckRunner({ log: silentLog, ...options });
  t.teardown(() => runner.close());
  return runner;
}

function plan(fields: Parameters<typeof checkTarget>[0], intervalMs = 10): CheckPlan {
  return { target: checkTarget(fields), intervalMs };
}

/** The first reports of a plan, `count` of them. */
async function first(
  runner: ReturnType<typeof createCheckRunner>,
  wanted: CheckPlan,
  count: number,
): Promise<readonly CheckReport[]> {
  const reports: CheckReport[] = [];
  let subscription: Disposable | undefined;
  await new Promise<void>((resolve) => {
    subscription = runner.subscribe(wanted, (report) => {
      reports.push(report);
      if (reports.length === count) resolve();
    });
  });
  subscription?.[Symbol.dispose]();
  return reports;
}

t.test('a page is checked again and again', async (t) => {
  let page = 'Test Page';
  const server = await rawServer(t, (socket) => {
    saying(`HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`)(socket);
    page = 'sorry';
  });
  const wanted = plan({ port: server.port, receive: pattern('Test Page') });
  const [good, bad] = await first(runnerOf(t), wanted, 2);
  t.match(good, { up: true, message: '200 OK', maintenance: false });
  t.match(bad, {
    up: false,
    message: 'body of 5 bytes does not match /Test Page/ (starts with "sorry")',
  });
  t.ok((bad?.at ?? 0) >= (good?.at ?? Infinity));
});

t.test('nothing is reported from within subscribe, nor after disposal', async (t) => {
  const runner = runnerOf(
    t,
    always(async () => ({ up: true, message: '' })),
  );
  let reports = 0;
  const gone = runner.subscribe(plan({}), () => reports++);
  t.equal(reports, 0);
  gone[Symbol.dispose]();
  await first(runner, plan({ port: 1 }), 3);
  t.equal(reports, 0);
});

t.test(
  'a subscription that is disposed from within its report ends the check',
  async (t) => {
    let checks = 0;
    const { choose } = always(async () => ({ up: true, message: `${++checks}` }));
    const runner = runnerOf(t, { choose });
    await new Promise<void>((resolve) => {
      const subscription = runner.subscribe(plan({}, 1), () => {
        subscription[Symbol.dispose]();
        resolve();
      });
    });
    const before = checks;
    const others = await first(runner, plan({ port: 1 }, 20), 4);
    t.equal(checks - others.length, before);
  },
);

t.test('intervals and time-outs of years are taken', async (t) => {
  let checks = 0;
  const { choose } = always(async () => {
    checks++;
    return { up: true, message: '' };
  }, 1e12);
  const runner = runnerOf(t, { choose });
  const years = runner.subscribe(plan({}, 1e12), () => {});
  const others = await first(runner, plan({ port: 1 }, 20), 4);
  years[Symbol.dispose]();
  t.equal(checks, 1 + others.length);
});

t.test('equal plans are checked once, and each subscriber is told', async (t) => {
  let checks = 0;
  const { choose } = always(async () => ({ up: true, message: `${++checks}` }));
  const runner = runnerOf(t, { choose });
  const wanted = plan({ receive: pattern('x') }, 100_000);
  const [[a], [b]] = await Promise.all([
    first(runner, wanted, 1),
    // The service's own address is no matter to http.
    first(runner, plan({ ...wanted.target, virtual: '192.0.2.99' }, 100_000), 1),
  ]);
  t.equal(a, b);
  t.equal(checks, 1);
});

t.test('plans that differ in what the check asks are checked apart', async (t) => {
  for (const [one, other] of [
    [{ request: '/a' }, { request: '/b' }],
    [{ receive: pattern('x') }, { receive: pattern('x', 'i') }],
    [{ passwd: 'a' }, { passwd: 'b' }],
    [{ port: 80 }, { port: 81 }],
    [{ realPort: 80 }, { realPort: 81 }],
    [{ virtualhost: '' }, { virtualhost: undefined }],
    [
      { checktype: 'external', virtual: 'a' },
      { checktype: 'external', virtual: 'b' },
    ],
    [
      { checktype: 'connect', protocol: 'tcp' },
      { checktype: 'connect', protocol: 'udp' },
    ],
  ] as const) {
    let checks = 0;
    const { choose } = always(async () => ({ up: true, message: `${++checks}` }));
    const runner = runnerOf(t, { choose });
    await Promise.all([
      first(runner, plan(one, 100_000), 1),
      first(runner, plan(other, 100_000), 1),
    ]);
    t.equal(checks, 2, JSON.stringify([one, other]));
  }
});

t.test('a late subscriber is soon told of a fresh report', async (t) => {
  let checks = 0;
  const { choose } = always(async () => ({ up: true, message: `${++checks}` }));
  const runner = runnerOf(t, { choose });
  const wanted = plan({}, 100_000);
  const keeper = runner.subscribe(wanted, () => {});
  t.teardown(() => keeper[Symbol.dispose]());
  const [early] = await first(runner, wanted, 1);
  const [late] = await first(runner, wanted, 1);
  t.equal(late, early);
  t.equal(checks, 1);
});

t.test('when the last subscriber goes, the check is aborted and ends', async (t) => {
  let aborted = false;
  let began = () => {};
  const running = new Promise<void>((resolve) => {
    began = resolve;
  });
  const { choose } = always(async (_target, { signal }) => {
    began();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    aborted = true;
    return { up: false, message: '' };
  });
  const runner = createCheckRunner({ log: silentLog, choose });
  const wanted = plan({});
  const one = runner.subscribe(wanted, () => t.fail('reported'));
  const two = runner.subscribe(wanted, () => t.fail('reported'));
  await running;
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  t.equal(aborted, false);
  two[Symbol.dispose]();
  await runner.close();
  t.equal(aborted, true);
  t.throws(() => runner.subscribe(wanted, () => {}), /closed/);
});

t.test(
  'a check that is deaf to its signal is reported, goes on, and holds up no close',
  async (t) => {
    const { choose } = always(() => new Promise(() => {}), 10);
    const runner = createCheckRunner({ log: silentLog, choose, graceMs: 10 });
    const reports = await first(runner, plan({}), 3);
    t.equal(reports.length, 3);
    t.match(reports[0], {
      up: false,
      message: 'no answer within 10 ms, and it does not end',
    });
    const keeper = runner.subscribe(plan({}), () => {});
    await sleep(5);
    await runner.close();
    keeper[Symbol.dispose]();
  },
);

t.test('a check that throws is down with the reason', async (t) => {
  for (const check of [
    () => {
      throw new Error('a defect');
    },
    () => Promise.reject(new Error('a defect')),
  ]) {
    const [report] = await first(runnerOf(t, always(check)), plan({}), 1);
    t.match(report, { up: false, message: 'a defect' });
  }
});

t.test(
  'a check that cannot be loaded is down, and the log says why once',
  async (t) => {
    const lines: string[] = [];
    const log = { ...silentLog, warn: (line: string) => void lines.push(line) };
    const load = () => Promise.reject(new Error('no raw socket: run as root'));
    const choose = () => ({ load, timeoutMs: 1, timeoutWords: '' });
    const reports = await first(runnerOf(t, { log, choose }), plan({}), 3);
    t.match(reports[2], { up: false, message: 'no raw socket: run as root' });
    t.same(lines, ['A check cannot be made: no raw socket: run as root']);
  },
);

t.test('a subscriber that throws harms no other', async (t) => {
  const errors: string[] = [];
  const log = { ...silentLog, error: (line: string) => void errors.push(line) };
  const { choose } = always(async () => ({ up: true, message: '' }));
  const runner = runnerOf(t, { log, choose });
  const bad = runner.subscribe(plan({}), () => {
    throw new Error('a defect');
  });
  t.equal((await first(runner, plan({}), 2)).length, 2);
  bad[Symbol.dispose]();
  t.match(errors[0], 'a defect');
});

t.test('combined: one negotiate, N connects; back to it after a failure', async (t) => {
  for (const [checktype, results, words] of [
    [2, '++++++', 'N C C N C C'],
    [2, '-+++++', 'N N C C N C'],
    [2, '+-+-++', 'N C N C N C'],
    [2, '++-+++', 'N C C N C C'],
    [0, '++-+', 'N N N N'],
    [1, '+++-', 'N C N C'],
  ] as const) {
    let made = 0;
    const asked = always(async () => ({ up: results[made++] === '+', message: '' }));
    await first(runnerOf(t, asked), plan({ checktype }, 1), results.length);
    const got = asked.words
      .slice(0, results.length)
      .map((word) => word[0]?.toUpperCase());
    t.equal(got.join(' '), words, `${checktype} ${results}`);
  }
});

t.test('off is never reported, on is up without a look', async (t) => {
  const runner = runnerOf(t);
  const off = runner.subscribe(plan({ checktype: 'off' }), () => t.fail('reported'));
  const missing = runner.subscribe(plan({ service: 'gopher' }), () =>
    t.fail('reported'),
  );
  const reports = await first(runner, plan({ checktype: 'on', port: 0 }), 3);
  t.match(reports[2], { up: true, message: 'not checked' });
  off[Symbol.dispose]();
  missing[Symbol.dispose]();
});

t.test('a server in maintenance is not checked, and down at once', async (t) => {
  const { choose, words } = always(async () => ({ up: true, message: '' }));
  const runner = runnerOf(t, { choose });
  runner.maintenancedir(t.testdir({ '127.0.0.1:80': '' }));
  const held = { up: false, maintenance: true, message: 'Server in maintenance' };
  for (const checktype of ['negotiate', 'on', 'off', 3] as const) {
    const [report] = await first(runner, plan({ checktype, realPort: 80 }), 1);
    t.match(report, held);
  }
  t.same(words, []);
  const [other] = await first(runner, plan({ realPort: 81 }), 1);
  t.match(other, { up: true, maintenance: false });
});

t.test('the end of maintenance is told even where nothing is checked', async (t) => {
  const runner = runnerOf(t);
  runner.maintenancedir(t.testdir({ '127.0.0.1': '' }));
  const seen: boolean[] = [];
  await new Promise<void>((resolve) => {
    const off = runner.subscribe(plan({ checktype: 'off' }), ({ up, maintenance }) => {
      t.equal(up, false);
      seen.push(maintenance);
      if (maintenance) runner.maintenancedir(undefined);
      else {
        off[Symbol.dispose]();
        resolve();
      }
    });
  });
  t.equal(seen.at(-1), false);
});

t.test('no want of descriptors takes out who leaves maintenance', async (t) => {
  let checks = 0;
  const { choose } = always(async (_target, { signal }) => {
    if (++checks > 1) return { up: true, message: 'good' };
    noteLack(Object.assign(new Error('none left'), { code: 'EMFILE' }), signal);
    return { up: false, message: 'none left' };
  });
  const runner = runnerOf(t, { choose });
  runner.maintenancedir(t.testdir({ '127.0.0.1': '' }));
  const seen: string[] = [];
  await new Promise<void>((resolve) => {
    const one = runner.subscribe(plan({}), ({ message, maintenance }) => {
      seen.push(message);
      if (maintenance) return runner.maintenancedir(undefined);
      one[Symbol.dispose]();
      resolve();
    });
  });
  t.strictSame([...new Set(seen)], ['Server in maintenance', 'good']);
});

t.test('what failed while this thread was blocked is made again at once', async (t) => {
  let checks = 0;
  const { choose } = always(async () => {
    const blocks = ++checks === 1;
    if (!blocks) return { up: checks === 2, message: `${checks}` };
    const end = performance.now() + 1500;
    while (performance.now() < end);
    return { up: false, message: 'the server has hung up' };
  });
  const reports = await first(runnerOf(t, { choose }), plan({}), 2);
  t.match(reports, [
    { up: true, message: '2' },
    { up: false, message: '3' },
  ]);
});

t.test('no check waits for another', async (t) => {
  const silent = await rawServer(t, () => {});
  const good = await rawServer(t, saying('HTTP/1.1 200 OK\r\n\r\n'));
  const runner = runnerOf(t);
  const stuck = Array.from({ length: 50 }, (_, index) =>
    runner.subscribe(plan({ port: silent.port, request: `/${index}` }), () =>
      t.fail('a silent server answered'),
    ),
  );
  const reports = await first(runner, plan({ port: good.port }), 5);
  t.equal(reports.filter(({ up }) => up).length, 5);
  for (const subscription of stuck) subscription[Symbol.dispose]();
});

t.test('while a server is down its checks are made at the down interval', async (t) => {
  const { choose } = always(async () => ({ up: false, message: '' }));
  const runner = runnerOf(t, { choose });
  const wanted = { ...plan({}, 100_000), downIntervalMs: 5 };
  let down = false;
  let reports = 0;
  await new Promise<void>((resolve) => {
    const subscription = runner.subscribe(
      wanted,
      () => {
        // What the subscriber says counts: with failurecount a bad check makes nothing down.
        down = ++reports < 6;
        if (reports === 6) resolve();
      },
      () => down,
    );
    t.teardown(() => subscription[Symbol.dispose]());
  });
  const others = await first(runner, plan({ port: 1 }, 20), 4);
  t.same(
    [reports, others.length],
    [6, 4],
    'up again: it is not made at that pace any more',
  );
});

t.test('a shared check is made as often as the one who wants it most', async (t) => {
  const { choose } = always(async () => ({ up: false, message: '' }));
  const runner = runnerOf(t, { choose });
  const wanted = { ...plan({}, 5), downIntervalMs: 100_000 };
  const idle = runner.subscribe(
    wanted,
    () => {},
    () => true,
  );
  await first(runner, wanted, 5);
  idle[Symbol.dispose]();
});

t.test('jitter makes intervals longer and shorter by its part', async (t) => {
  const gapOf = async (random: number, jitter: number) => {
    const { choose } = always(async () => ({ up: true, message: '' }));
    const runner = runnerOf(t, { choose, random: () => random });
    const times: number[] = [];
    await new Promise<void>((resolve) => {
      const subscription = runner.subscribe({ ...plan({}, 100), jitter }, () => {
        times.push(performance.now());
        if (times.length < 8) return;
        subscription[Symbol.dispose]();
        resolve();
      });
    });
    // The first three are as they are without; one that comes late makes its own gap long.
    const gaps = [3, 4, 5, 6].map((at) => (times[at + 1] ?? NaN) - (times[at] ?? NaN));
    return gaps.sort((a, b) => a - b)[1] ?? NaN;
  };
  const [short, even, long] = await Promise.all([
    gapOf(0, 0.5),
    gapOf(0, 0),
    gapOf(0.999, 0.5),
  ]);
  t.ok(short > 35 && short < 75, `shortest: ${short} ms of 100`);
  t.ok(even > 80 && even < 125, `without: ${even} ms`);
  t.ok(long > 130 && long < 175, `longest: ${long} ms`);
});
