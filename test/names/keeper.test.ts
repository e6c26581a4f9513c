import t, { type Test } from 'tap';
import type { RealsFrom } from '../../lib/model/reals-from.ts';
import { NameKeeper } from '../../lib/names/keeper.ts';
import { type Answer, type Question, questionKey } from '../../lib/names/question.ts';
import { aConfig, aService, OPTIONS } from '../support/config.ts';
import { recordingLog } from '../support/recording-log.ts';
import { until } from '../support/site.ts';

const WWW: RealsFrom = { name: 'www.example.com', method: 'masq', port: 80, weight: 1 };
const SRV: RealsFrom = {
  ...{ name: '_http._tcp.example.com', method: 'masq' },
  ...{ port: undefined, weight: undefined },
};

function config(realsFrom: readonly RealsFrom[], dns = {}) {
  const plain = aConfig([aService({ options: { ...OPTIONS, realsFrom } })]);
  const bounds = { minTtlMs: 20, maxTtlMs: 60, holdMs: undefined };
  const options = {
    ...plain.options,
    dns: { ...plain.options.dns, ...bounds, ...dns },
  };
  return { ...plain, options };
}

function answer(...addresses: readonly string[]): Answer {
  const records = addresses.map((address) => ({ address }));
  return { records, ttlMs: 0, empty: undefined };
}

/** A keeper whose questions are answered as the test says; one that it says nothing of is not. */
function bench(t: Test, left: ConstructorParameters<typeof NameKeeper>[1] = []) {
  const answers = new Map<string, Answer | Error>();
  const asked: string[] = [];
  const log = recordingLog();
  let changes = 0;
  let running = 0;
  let most = 0;
  const ask = async (question: Question, _: unknown, end: AbortSignal) => {
    const key = questionKey(question);
    asked.push(key);
    most = Math.max(most, ++running);
    try {
      await Promise.resolve();
      const found = answers.get(key);
      if (found instanceof Error) throw found;
      if (found) return found;
      return await new Promise<Answer>((_, reject) => {
        end.addEventListener('abort', () => reject(new Error('the end')));
      });
    } finally {
      running--;
    }
  };
  const keeper = new NameKeeper(
    {
      ...{ asker: { ask }, log, changed: () => void changes++, learned: () => {} },
      ...{ now: () => performance.now(), random: () => 0 },
    },
    left,
  );
  t.teardown(() => keeper[Symbol.dispose]());
  const servers = () => keeper.current?.virtuals[0]?.reals.map(({ id }) => id);
  return {
    ...{ keeper, answers, asked, log, servers },
    changes: () => changes,
    most: () => most,
  };
}

t.test('a start has the servers; a change is told once, the same never', async (t) => {
  const { keeper, answers, asked, servers, changes, most } = bench(t);
  answers.set('A www.example.com', answer('10.0.0.2', '10.0.0.1'));
  const first = await keeper.follow(config([WWW]), 10_000);
  t.same(
    first.virtuals[0]?.reals.map(({ id }) => id),
    ['10.0.0.1:80', '10.0.0.2:80'],
  );
  t.equal(changes(), 0);
  answers.set('A www.example.com', answer('10.0.0.1', '10.0.0.2'));
  const soFar = asked.length;
  await until(() => asked.length > soFar + 3, 'further questions');
  t.equal(changes(), 0, 'another order is no change');
  answers.set('A www.example.com', answer('10.0.0.2'));
  await until(() => changes() > 0, 'the change');
  t.same(servers(), ['10.0.0.2:80']);
  t.equal(most(), 1, 'one question at a time');
});

t.test('who does not answer is waited for a while, and comes later', async (t) => {
  const { keeper, answers, servers, changes } = bench(t);
  const began = performance.now();
  const first = await keeper.follow(config([WWW]), 100);
  t.ok(performance.now() - began >= 99);
  t.same(first.virtuals[0]?.reals, []);
  answers.set('A www.example.com', answer('10.0.0.1'));
  await keeper.follow(config([WWW], { timeoutMs: 7 }), 10_000);
  t.same(servers(), ['10.0.0.1:80'], 'other keys of [dns]: it is asked anew');
  t.equal(changes(), 0);
});

t.test('what an earlier run knew is in force until there is an answer', async (t) => {
  const left = [
    {
      ...({ name: SRV.name, type: 'SRV', answeredAt: 5 } as const),
      records: [{ priority: 1, weight: 2, port: 8080, target: 'web1.example.com' }],
    },
    {
      ...({ name: 'web1.example.com', type: 'A', answeredAt: 6 } as const),
      records: [{ address: '10.0.0.7' }],
    },
    { name: 'gone.example.com', type: 'A', answeredAt: 6, records: [] } as const,
  ];
  const { keeper, answers, servers, log, asked } = bench(t, left);
  answers.set('SRV _http._tcp.example.com', new Error('10.0.0.53:53: SERVFAIL'));
  answers.set('A web1.example.com', new Error('10.0.0.53:53: SERVFAIL'));
  await keeper.follow(config([SRV]), 10_000);
  t.same(servers(), ['10.0.0.7:8080']);
  t.same(asked.toSorted(), ['A web1.example.com', 'SRV _http._tcp.example.com']);
  t.match(log.lines.join('\n'), /\(SRV\): 10\.0\.0\.53:53: SERVFAIL; its last servers/);
  t.same(keeper.left(), left.slice(0, 2), 'the next run may begin with it again');
  t.match(keeper.status(), [
    { name: SRV.name, answeredAt: '1970-01-01T00:00:00.005Z', failures: 1 },
    { name: 'web1.example.com', records: ['10.0.0.7'] },
  ]);
});

t.test('SRV targets that change are whole before anybody hears of them', async (t) => {
  const { keeper, answers, servers, changes, asked } = bench(t);
  const srv = (target: string): Answer => ({
    ...{ ttlMs: 0, empty: undefined },
    records: [{ priority: 1, weight: 1, port: 80, target }],
  });
  answers.set('SRV _http._tcp.example.com', srv('web1.example.com'));
  answers.set('A web1.example.com', answer('10.0.0.1'));
  await keeper.follow(config([SRV]), 10_000);
  t.same(servers(), ['10.0.0.1:80']);
  answers.set('SRV _http._tcp.example.com', srv('web2.example.com'));
  await until(() => asked.includes('A web2.example.com'), 'its question');
  t.equal(changes(), 0, 'not yet');
  answers.set('A web2.example.com', new Error('10.0.0.53:53: SERVFAIL'));
  await keeper.follow(config([SRV], { timeoutMs: 7 }), 10_000);
  t.same(
    servers(),
    ['10.0.0.1:80'],
    'it leads nowhere, so that the one before goes on',
  );
  answers.set('A web2.example.com', answer('10.0.0.2'));
  await keeper.follow(config([SRV], { timeoutMs: 8 }), 10_000);
  t.same(servers(), ['10.0.0.2:80']);
  t.same(
    keeper.status().map(({ name }) => name),
    [SRV.name, 'web2.example.com'],
    'nobody asks for the one before any more',
  );
});

t.test('what nobody has in the config is not asked any more', async (t) => {
  const { keeper, answers, asked } = bench(t);
  answers.set('A www.example.com', answer('10.0.0.1'));
  await keeper.follow(config([WWW]), 10_000);
  await keeper.follow(config([]), 10_000);
  t.same(keeper.status(), []);
  const soFar = asked.length;
  await new Promise((go) => setTimeout(go, 150));
  t.equal(asked.length, soFar);
});

t.test('a name whose targets are silent holds nobody up', async (t) => {
  const { keeper, answers, asked, servers, changes } = bench(t);
  let targets = 0;
  const silent = (): Answer => ({
    ...{ ttlMs: 0, empty: undefined },
    records: [
      { priority: 1, weight: 1, port: 80, target: `web${++targets}.example.com` },
    ],
  });
  answers.set('A www.example.com', answer('10.0.0.1'));
  answers.set('SRV _http._tcp.example.com', silent());
  const both = config([WWW, SRV]);
  await keeper.follow(both, 100);
  const turning = setInterval(
    () => answers.set('SRV _http._tcp.example.com', silent()),
    20,
  );
  t.teardown(() => clearInterval(turning));
  await until(() => asked.includes('A web3.example.com'), 'other targets');
  answers.set('A www.example.com', answer('10.0.0.2'));
  await until(() => changes() > 0, 'the change of the other name');
  t.same(servers(), ['10.0.0.2:80']);
  const began = performance.now();
  await keeper.follow(both, 60_000);
  t.ok(performance.now() - began < 10_000, 'nor a reload');
});

t.test('a target that is silent at the start comes later', async (t) => {
  const { keeper, answers, servers, changes } = bench(t);
  const records = ['web1', 'web2'].map((host) => ({
    ...{ priority: 1, weight: 1, port: 80, target: `${host}.example.com` },
  }));
  answers.set('SRV _http._tcp.example.com', { records, ttlMs: 0, empty: undefined });
  answers.set('A web1.example.com', answer('10.0.0.1'));
  await keeper.follow(config([SRV]), 100);
  t.same(servers(), ['10.0.0.1:80'], 'a start takes what there is');
  answers.set('A web2.example.com', answer('10.0.0.2'));
  await keeper.follow(config([SRV], { timeoutMs: 7 }), 10_000);
  t.same(servers(), ['10.0.0.1:80', '10.0.0.2:80']);
  t.equal(changes(), 0);
});
