import t from 'tap';
import { shared } from '../../lib/control/shared.ts';

const turns = () => new Promise((resolve) => setImmediate(resolve));

t.test('who comes at the same time shares one', async (t) => {
  let count = 0;
  const ask = shared(async () => ++count, 1_000);
  t.same(await Promise.all([ask(), ask(), ask()]), [1, 1, 1]);
  t.equal(await ask(), 2, 'the next one is new');
});

t.test('who comes while one is under way shares the next, one at a time', async (t) => {
  let count = 0;
  const ends: (() => void)[] = [];
  const ask = shared(async () => {
    const mine = ++count;
    await new Promise<void>((resolve) => ends.push(resolve));
    return mine;
  }, 1_000);
  const first = ask();
  await turns();
  const others = [ask(), ask()];
  await turns();
  others.push(ask());
  t.equal(count, 1, 'no second is begun');
  ends[0]?.();
  t.equal(await first, 1);
  await turns();
  const last = ask();
  ends[1]?.();
  t.same(await Promise.all(others), [2, 2, 2]);
  await turns();
  ends[2]?.();
  t.equal(await last, 3, 'the second was under way already');
});

t.test('those who want different things do not wait for each other', async (t) => {
  const ask = shared(
    (key: string) =>
      key === 'slow' ? new Promise<string>(() => {}) : Promise.resolve(key),
    50,
  );
  const slow = ask('slow');
  t.equal(await ask('fast'), 'fast');
  await t.rejects(slow);
});

t.test('one that takes too long is given up, and the next begins anew', async (t) => {
  let hangs = true;
  const ask = shared(
    () => (hangs ? new Promise<string>(() => {}) : Promise.resolve('there')),
    20,
  );
  await t.rejects(ask(), { message: 'no answer from the director within 0.02 s' });
  hangs = false;
  t.equal(await ask(), 'there');
});

t.test("a failure is everyone's, and not kept", async (t) => {
  let fails = true;
  const ask = shared(async () => {
    if (fails) throw new Error('no');
    return 'yes';
  }, 1_000);
  const both = await Promise.allSettled([ask(), ask()]);
  t.same(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  fails = false;
  t.equal(await ask(), 'yes');
});
