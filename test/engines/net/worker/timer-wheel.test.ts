import t from 'tap';
import {
  type Timed,
  TimerWheel,
} from '../../../../lib/engines/net/worker/timer-wheel.ts';

class Entry implements Timed {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  readonly expired: number[] = [];
  readonly #wheel: TimerWheel;

  constructor(wheel: TimerWheel) {
    this.#wheel = wheel;
  }

  expire(): void {
    this.expired.push(this.#wheel.now);
  }
}

/** A wheel that tests turn by hand. */
function wheelAt(clock: { now: number }) {
  const wheel = new TimerWheel(() => clock.now);
  const to = (now: number) => {
    for (; clock.now < now; wheel.turn()) clock.now = Math.min(now, clock.now + 100);
  };
  return { wheel, to };
}

t.test('a deadline is met within a tick, and not before', async (t) => {
  const clock = { now: 1234.5 };
  const { wheel, to } = wheelAt(clock);
  t.teardown(() => wheel.close());
  for (const after of [0, 1, 99, 100, 101, 5000, 51_199, 51_200, 51_201, 900_000]) {
    const entry = new Entry(wheel);
    const start = clock.now;
    wheel.add(entry, after);
    to(start + after + 200);
    t.equal(entry.expired.length, 1, `${after} ms`);
    const late = (entry.expired[0] ?? 0) - start - after;
    t.ok(late >= 0 && late <= 200, `${after} ms, ${late} late`);
  }
  t.equal(wheel.size, 0);
});

t.test('a deadline that was put off is met at its new time', async (t) => {
  const clock = { now: 0 };
  const { wheel, to } = wheelAt(clock);
  t.teardown(() => wheel.close());
  const entry = new Entry(wheel);
  wheel.add(entry, 1000);
  to(900);
  entry.deadline = 5000;
  to(4900);
  t.same(entry.expired, []);
  to(5200);
  t.equal(entry.expired.length, 1);
});

t.test('a deadline can be brought forward, and taken back', async (t) => {
  const clock = { now: 0 };
  const { wheel, to } = wheelAt(clock);
  t.teardown(() => wheel.close());
  const [sooner, never] = [new Entry(wheel), new Entry(wheel)];
  wheel.add(sooner, 60_000);
  wheel.add(never, 100);
  wheel.move(sooner, 300);
  wheel.remove(never);
  wheel.remove(never);
  to(600);
  t.equal(sooner.expired.length, 1);
  t.same(never.expired, []);
  t.equal(wheel.size, 0);
});

t.test('a clock that leaps expires all that is due, once', async (t) => {
  const clock = { now: 0 };
  const { wheel } = wheelAt(clock);
  t.teardown(() => wheel.close());
  const entries = Array.from({ length: 1000 }, () => new Entry(wheel));
  for (const [index, entry] of entries.entries()) wheel.add(entry, index * 97);
  clock.now = 1_000_000;
  wheel.turn();
  t.ok(entries.every(({ expired }) => expired.length === 1));
  t.equal(wheel.size, 0);
});

t.test('time in which the thread could not run does not count', async (t) => {
  const clock = { now: 0 };
  const { wheel } = wheelAt(clock);
  t.teardown(() => wheel.close());
  const tickAt = (now: number) => {
    clock.now = now;
    wheel.tick();
  };
  const [dial, next] = [new Entry(wheel), new Entry(wheel)];
  wheel.add(dial, 3000);
  tickAt(100);
  clock.now = 10_000;
  wheel.add(next, 3000); // before the first tick after the stop
  for (let now = 10_001; now < 12_800; now += 100) tickAt(now);
  t.same([dial.expired, next.expired], [[], []]);
  for (let now = 12_801; now < 13_200; now += 100) tickAt(now);
  t.same([dial.expired.length, next.expired.length], [1, 1]);
  t.equal(wheel.size, 0);
});

t.test('a tick that is late by less counts', async (t) => {
  const clock = { now: 0 };
  const { wheel } = wheelAt(clock);
  t.teardown(() => wheel.close());
  const entry = new Entry(wheel);
  wheel.add(entry, 900);
  clock.now = 950;
  wheel.tick();
  t.equal(entry.expired.length, 1);
  t.equal(wheel.time, 950);
});

t.test('what expires may be added again, others may be removed by it', async (t) => {
  const clock = { now: 0 };
  const { wheel, to } = wheelAt(clock);
  t.teardown(() => wheel.close());
  const victim = new Entry(wheel);
  class Again extends Entry {
    override expire(): void {
      super.expire();
      wheel.remove(victim);
      if (this.expired.length < 3) wheel.add(this, 200);
    }
  }
  const again = new Again(wheel);
  wheel.add(victim, 500);
  wheel.add(again, 500);
  to(2000);
  t.equal(again.expired.length, 3);
  t.same(victim.expired, []);
});

t.test('the timer runs while there is something to wait for', async (t) => {
  const wheel = new TimerWheel(() => performance.now());
  t.teardown(() => wheel.close());
  for (let n = 0; n < 2; n++)
    await new Promise<void>((resolve) => {
      const entry = new Entry(wheel);
      entry.expire = () => resolve();
      wheel.add(entry, 50);
    });
  t.equal(wheel.size, 0);
});
