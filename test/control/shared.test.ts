import t from 'tap';
import { shared } from '../../lib/control/shared.ts';

t.test('who comes while one is under way gets its result', async (t) => {
  let count = 0;
  const ask = shared(async () => ++count, 1_000);
  t.same(await Promise.all([ask(), ask(), ask()]), [1, 1, 1]);
  t.equal(await ask(), 2, 'the next one is new');
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
