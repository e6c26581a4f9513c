import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { Attempt, Hook } from '../../lib/alerts/hook.ts';
import {
  ALWAYS,
  HookLane,
  MOST_IN_ALL,
  MOST_WAITING,
} from '../../lib/alerts/hook-lane.ts';
import { HookTally } from '../../lib/alerts/hook-tally.ts';
import { recordingLog } from '../support/recording-log.ts';
import { aMessage } from '../support/told.ts';

type Answer = (sequence: number) => Attempt | Promise<Attempt>;

const TAKEN: Attempt = { taken: true };
const LATER: Attempt = { taken: false, again: true, reason: '503 Service Unavailable' };
const NEVER: Attempt = { taken: false, again: false, reason: '404 Not Found' };
const SOON = { firstMs: 1, longestMs: 4 };

function aLane(answer: Answer, { keepMs = 60_000, pauses = SOON, waiting = 0 } = {}) {
  const log = recordingLog();
  const tally = new HookTally('webhook', log, 100);
  const seen: number[] = [];
  const at: number[] = [];
  const hook = (to: Answer, name = 'https://h'): Hook => ({
    ...{ name, keepMs },
    send({ sequence }, signal) {
      seen.push(sequence);
      at.push(performance.now());
      const cut = new Promise<Attempt>((resolve) =>
        signal.addEventListener('abort', () =>
          resolve({ taken: false, again: true, reason: 'cut' }),
        ),
      );
      return Promise.race([to(sequence), cut]);
    },
  });
  const share = { waiting };
  const lane = new HookLane(hook(answer), tally, share, pauses);
  t.teardown(() => {
    lane.cut();
    tally.end();
  });
  const push = (...sequences: number[]) => {
    for (const sequence of sequences) lane.push(aMessage(sequence));
  };
  return { lane, log, tally, seen, at, share, push, hook };
}

t.test('messages go one after the other, in order', async (t) => {
  let open = 0;
  const { lane, seen, push, tally, share, log } = aLane(async () => {
    t.equal(++open, 1);
    await delay(2);
    open--;
    return TAKEN;
  });
  push(1, 2, 3);
  t.equal(lane.pending, 3);
  await lane.drained();
  t.strictSame(seen, [1, 2, 3]);
  t.strictSame(tally.counts, { sent: 3, failed: 0, dropped: 0 });
  t.equal(share.waiting, 0);
  t.strictSame(log.lines, []);
});

t.test('one that failed is tried again, before those behind it', async (t) => {
  let failures = 2;
  const { lane, seen, push, tally, log } = aLane(() =>
    failures-- > 0 ? LATER : TAKEN,
  );
  push(1, 2);
  await lane.drained();
  t.strictSame(seen, [1, 1, 1, 2]);
  t.match(tally, { problem: null, counts: { sent: 2, failed: 2, dropped: 0 } });
  t.strictSame(log.lines, [
    'webhook: a change of state could not be told, it is tried again: https://h: 503 Service Unavailable',
    'webhook: told again: https://h',
  ]);
});

t.test('pauses double up to the longest, with jitter', async (t) => {
  let attempts = 0;
  const { lane, at, push } = aLane(() => (++attempts < 6 ? LATER : TAKEN), {
    pauses: { firstMs: 40, longestMs: 160 },
  });
  push(1);
  await lane.drained();
  const gaps = at.slice(1).map((time, n) => time - (at[n] ?? 0));
  for (const [n, ms] of [40, 80, 160, 160, 160].entries())
    t.ok((gaps[n] ?? 0) > ms * 0.75 - 2, `${gaps[n]} after failure ${n + 1}`);
  t.ok(Math.min(...gaps.slice(3, 5)) < 1000, 'no longer');
  t.ok(new Set(gaps.slice(2).map(Math.round)).size > 1 || gaps.length < 5);
});

t.test('a receiver that asks for more patience has it', async (t) => {
  let asked = true;
  const { lane, at, push } = aLane(() => {
    if (!asked) return TAKEN;
    asked = false;
    return { taken: false, again: true, reason: 'later', waitMs: 300 };
  });
  push(1);
  await lane.drained();
  t.ok((at[1] ?? 0) - (at[0] ?? 0) >= 298);
});

t.test('what is refused for good is dropped, and the next one goes', async (t) => {
  const { lane, seen, push, tally, log } = aLane((n) => (n === 1 ? NEVER : TAKEN));
  push(1, 2);
  await lane.drained();
  t.strictSame(seen, [1, 2]);
  t.strictSame(tally.counts, { sent: 1, failed: 1, dropped: 1 });
  t.strictSame(log.lines, [
    'webhook: 1 change of state was not told: https://h: 404 Not Found',
  ]);
});

t.test('past its time a message is dropped, with those of its age', async (t) => {
  const { lane, push, tally, log, share } = aLane(() => LATER, { keepMs: 150 });
  const begun = performance.now();
  push(1, 2, 3);
  await lane.drained();
  t.ok(performance.now() - begun >= 149);
  t.match(tally.counts, { sent: 0, dropped: 3 });
  t.equal(share.waiting, 0);
  t.equal(tally.problem, 'https://h: 503 Service Unavailable');
  t.match(await log.saw(/2 more were not told/), ': https://h: not within 0 s');
});

t.test('too many: the oldest give way, but for the one under way', async (t) => {
  let take: (attempt: Attempt) => void = () => {};
  const first = new Promise<Attempt>((resolve) => {
    take = resolve;
  });
  const { lane, seen, push, tally, share, log } = aLane((n) =>
    n === 1 ? first : TAKEN,
  );
  for (let n = 1; n <= MOST_WAITING + 50; n++) push(n);
  t.equal(lane.pending, MOST_WAITING);
  t.equal(share.waiting, MOST_WAITING);
  t.equal(tally.counts.dropped, 50);
  take(TAKEN);
  await lane.drained();
  t.strictSame(seen.slice(0, 3), [1, 52, 53]);
  t.equal(seen.at(-1), MOST_WAITING + 50, 'the last state is told');
  t.match(log.lines, [/^webhook: 1 change of state was not told: .* too many wait$/]);
});

t.test('all lanes together have a bound too, and each a place', async (t) => {
  const full = { waiting: MOST_IN_ALL };
  const { lane, push, tally, share } = aLane(() => new Promise(() => {}), full);
  for (let n = 1; n <= ALWAYS + 2; n++) push(n);
  t.equal(lane.pending, ALWAYS);
  t.equal(share.waiting, MOST_IN_ALL + ALWAYS);
  t.equal(tally.counts.dropped, 2);
  share.waiting = 0;
  push(20);
  t.equal(lane.pending, ALWAYS + 1);
});

t.test('a reload tries what waits at once, where it says', async (t) => {
  const never = { firstMs: 1e6, longestMs: 1e6 };
  const { lane, seen, push, tally, hook, log } = aLane(() => LATER, { pauses: never });
  push(1, 2);
  await log.saw(/tried again/);
  lane.follow(hook(() => TAKEN, 'https://other'));
  await lane.drained();
  t.strictSame(seen, [1, 1, 2]);
  tally.keepOnly(new Set(['https://other']));
  t.equal(tally.problem, null, 'the trouble with the other one is forgotten');
});

t.test('the end goes on until an attempt fails', async (t) => {
  const { lane, seen, push, tally, share, log } = aLane((n) => (n < 3 ? TAKEN : LATER));
  push(1, 2, 3, 4);
  await lane.close();
  t.strictSame(seen, [1, 2, 3]);
  t.strictSame(tally.counts, { sent: 2, failed: 1, dropped: 2 });
  t.equal(share.waiting, 0);
  tally.end();
  t.strictSame(log.lines, [
    'webhook: 1 change of state was not told: https://h: the director ends',
    'webhook: 1 more was not told: https://h: the director ends',
  ]);
});

t.test('the end of a pause, and of an attempt that hangs', async (t) => {
  const { lane, seen, push, log } = aLane(
    () => (seen.length > 1 ? new Promise(() => {}) : LATER),
    { pauses: { firstMs: 1e6, longestMs: 1e6 } },
  );
  push(1);
  await log.saw(/tried again/);
  await delay(5); // the pause has begun
  const closed = lane.close();
  while (seen.length < 2) await delay(1);
  lane.cut();
  await closed;
  t.equal(lane.pending, 0);
});

t.test('what is dropped is said at once, then once in a while', async (t) => {
  const { lane, push, log } = aLane(() => NEVER);
  push(1, 2, 3);
  await lane.drained();
  await log.saw(/2 more were not told/);
  push(4);
  await lane.drained();
  await log.saw(/1 more was not told/);
  await delay(300);
  push(5);
  await lane.drained();
  t.strictSame(
    log.lines.map((line) => line.replace(/ not told.*/, '')),
    [
      'webhook: 1 change of state was',
      'webhook: 2 more were',
      'webhook: 1 more was',
      'webhook: 1 change of state was',
    ],
  );
});
