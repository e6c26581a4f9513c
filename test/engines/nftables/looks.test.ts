import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { type Doubt, Looks } from '../../../lib/engines/nftables/looks.ts';

t.test('a look comes when it is due, whatever is done in between', async (t) => {
  const looks = new Looks(1000);
  const doubts: (Doubt | undefined)[] = [];
  const work = async (doubt: Doubt | undefined) => void doubts.push(doubt);
  await looks.take(work);
  t.strictSame(doubts, [undefined], 'none is due');
  t.equal(looks.pause(10), 10);
  t.ok(looks.pause(10_000) <= 1000);
  await sleep(1010);
  t.equal(looks.pause(1000), 0);
  await looks.take(work);
  t.strictSame(doubts, [undefined, 'whole']);
});

t.test('one of twelve is thorough, and fewer where that takes long', async (t) => {
  let looks = new Looks(5);
  const times: number[] = [];
  let tookMs = Number.POSITIVE_INFINITY;
  const work = async (doubt: Doubt | undefined) => {
    if (doubt !== 'thorough') return;
    const began = performance.now();
    times.push(began);
    await sleep(5);
    const ms = performance.now() - began; // a timer may be early by one
    tookMs = Math.min(tookMs, ms);
    if (ms < 50) return;
    looks = new Looks(5); // the next would come too late for us
    times.length = 0;
  };
  const until = performance.now() + 20_000;
  while (times.length < 2 && performance.now() < until) {
    await sleep(5);
    await looks.take(work);
  }
  const [first = 0, second = 0] = times;
  t.ok(second - first >= 100 * tookMs, 'a hundred times of what it took');
});
