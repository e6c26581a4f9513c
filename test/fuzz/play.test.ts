import fc from 'fast-check';
import t from 'tap';
import { play } from './play.ts';
import { demand, pure, refusable, target } from './target.ts';

const MEASURE = { inputs: 600, seconds: 60, seed: 1 };
const MANNER = { begun: () => {} };
const row = { covers: '', boundMs: 250, inputs: fc.string() };

t.test('one that keeps what it promises has no failure', async (t) => {
  const good = pure({ ...row, take: () => {} });
  t.match(await play(good, MEASURE, MANNER), { inputs: 600, failures: [] });
});

t.test('an error is told with the smallest input that makes it', async (t) => {
  const bad = pure({
    ...row,
    take: (text) => demand(text.length < 5, () => 'too long'),
  });
  const { failures } = await play(bad, MEASURE, MANNER);
  t.match(failures[0]?.why, 'too long');
  t.equal(String(failures[0]?.input).length, 5);
  const input = failures[0]?.input;
  const again = await play(bad, { ...MEASURE, inputs: 1 }, { ...MANNER, input });
  t.equal(again.failures.length, 1, 'and again, alone');
});

t.test('so is what is thrown beside it, and what takes too long', async (t) => {
  const beside = target({
    ...row,
    kind: 'talk',
    async open() {
      const take = async (text: string) => {
        if (text.length > 3) void Promise.reject(new Error('nobody hears'));
      };
      return { take, async [Symbol.asyncDispose]() {} };
    },
  });
  t.match((await play(beside, MEASURE, MANNER)).failures[0]?.why, 'nobody hears');
  const busy = () => {
    const before = process.cpuUsage();
    while (process.cpuUsage(before).user < 10_000);
  };
  const slow = pure({ ...row, boundMs: 5, take: busy });
  const { failures } = await play(slow, { ...MEASURE, inputs: 1 }, MANNER);
  t.match(failures[0]?.why, 'ms of processor time');
});

t.test('memory that stays taken is told', async (t) => {
  const kept: string[][] = [];
  const greedy = pure({ ...row, take: () => void kept.push(Array(2_000).fill('x')) });
  const { failures } = await play(greedy, { ...MEASURE, inputs: 2_500 }, MANNER);
  t.match(failures, [{ why: /^the heap grew by \d+ bytes$/ }]);
  t.ok(kept.length >= 2_500, 'what seemed slow is tried again');
});

t.test('a refusal in words is none of a defect', async (t) => {
  const refuse = (error: Error) => () => {
    throw error;
  };
  t.equal(refusable(refuse(new Error('expected a port'))), undefined);
  t.throws(() => refusable(refuse(new RangeError('Invalid array length'))));
  t.throws(() => refusable(refuse(new TypeError('x is not a function'))));
});
