import { setMaxListeners } from 'node:events';
import t from 'tap';
import { createMatcher, type MatcherOptions } from '../../lib/checks/matcher.ts';
import { pattern } from '../support/check-target.ts';

const LIVE = new AbortController().signal;
setMaxListeners(0, LIVE);
const BOMB = pattern('^(a+)+$');
const FUSE = `${'a'.repeat(40)}!`;

function matcher(
  t: { teardown(end: () => Promise<void>): void },
  options?: MatcherOptions,
) {
  const made = createMatcher(options);
  t.teardown(() => made.close());
  return made;
}

t.test('it matches as RegExp does', async (t) => {
  const { match } = matcher(t);
  t.equal(await match(pattern('^T.*e$'), 'Test Page', LIVE), true);
  t.equal(await match(pattern('^T.*e$'), 'a\nTest Page', LIVE), false);
  t.equal(await match(pattern('^t.*E$', 'is'), 'Test\nPage', LIVE), true);
  t.equal(await match(pattern('x', 'g'), 'x', LIVE), true);
  t.equal(
    await match(pattern('x', 'g'), 'x', LIVE),
    true,
    'no memory of the last match',
  );
});

t.test('what cannot be compiled is rejected with the reason', async (t) => {
  const { match } = matcher(t);
  await t.rejects(match({ perl: '(', problem: 'unmatched (' }, '', LIVE), {
    message: 'receive /(/: unmatched (',
  });
  await t.rejects(match(pattern('('), '', LIVE), /receive \/\(\/: .*Unterminated/);
});

t.test('a match past the bound is ended, and the next is made', async (t) => {
  const { match } = matcher(t, { threads: 1 });
  await t.rejects(match(BOMB, FUSE, LIVE), {
    message: 'receive /^(a+)+$/: it took more than 100 ms',
  });
  t.equal(await match(pattern('b'), 'abc', LIVE), true);
  t.equal(await match(BOMB, 'aaaa', LIVE), true, 'the same pattern on a harmless text');
});

t.test('others do not wait for a bad pattern', async (t) => {
  const { match } = matcher(t, { threads: 2 });
  const order: string[] = [];
  const bombs = Array.from({ length: 12 }, () =>
    match(BOMB, FUSE, LIVE).catch(() => order.push('bomb')),
  );
  const good = Array.from({ length: 100 }, () =>
    match(pattern('b'), 'abc', LIVE).then(() => order.push('good')),
  );
  await Promise.all(good);
  const before = order.filter((word) => word === 'bomb').length;
  t.ok(before <= 4, `${before} of 12 bombs burnt before the others were served`);
  await Promise.all(bombs);
});

t.test('many slow ones are refused rather than kept waiting', async (t) => {
  const { match } = matcher(t);
  await t.rejects(match(BOMB, FUSE, LIVE), /100 ms/);
  const reasons = await Promise.all(
    Array.from({ length: 80 }, () =>
      match(BOMB, 'aaa', LIVE).then(
        () => 'matched',
        (error: Error) => error.message,
      ),
    ),
  );
  t.ok(reasons.filter((reason) => reason.includes('too many matches')).length >= 25);
  t.ok(reasons.includes('matched'));
});

t.test('a busy machine makes no match late: CPU time counts', async (t) => {
  // Threads compete, so that the clock runs out for each; the work of one is far less.
  const { match } = matcher(t, { threads: 16, boundMs: 500 });
  const text = 'ab'.repeat(7000);
  const results = await Promise.all(
    Array.from({ length: 16 }, () => match(pattern('[ab]*c'), text, LIVE)),
  );
  t.equal(results.filter(Boolean).length, 0);
});

t.test('an aborted signal ends the wait', async (t) => {
  const { match } = matcher(t, { threads: 1 });
  const burning = match(BOMB, FUSE, LIVE).catch(() => {});
  const stop = new AbortController();
  const waiting = match(pattern('x'), 'x', stop.signal);
  stop.abort(new Error('time is up'));
  await t.rejects(waiting, { message: 'time is up' });
  await t.rejects(match(pattern('x'), 'x', stop.signal), { message: 'time is up' });
  await burning;
});

t.test('close rejects what runs and what waits', async (t) => {
  const { match, close } = createMatcher({ threads: 1 });
  const all = [match(BOMB, FUSE, LIVE), match(pattern('x'), 'x', LIVE)].map((wait) =>
    t.rejects(wait, /closed/),
  );
  await close();
  await Promise.all(all);
  await t.rejects(match(pattern('x'), 'x', LIVE), /closed/);
});
