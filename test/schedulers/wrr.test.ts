import fc from 'fast-check';
import t from 'tap';
import { wrr } from '../../lib/schedulers/wrr.ts';
import { client, type PlainServer, PlainView, picks } from '../support/plain-view.ts';

const CYCLES = [
  { weights: [3, 1, 1], cycle: 'a a a b c' },
  { weights: [4, 3, 2], cycle: 'a a b a b c a b c' },
  { weights: [1, 1, 1], cycle: 'a b c' },
  { weights: [5, 5], cycle: 'a b' },
  { weights: [2, 4], cycle: 'b a b' },
  { weights: [1, 0, 2], cycle: 'c a c' },
  { weights: [65535], cycle: 'a' },
  { weights: [0, 0], cycle: '- -' },
] as const;

for (const { weights, cycle } of CYCLES)
  t.test(`weights ${weights.join(', ')} give ${cycle}, over and over`, async (t) => {
    const view = new PlainView(
      wrr,
      weights.map((weight) => ({ weight })),
    );
    const length = cycle.split(' ').length;
    for (let n = 0; n < 3; n++) t.equal(picks(wrr, view, length), cycle);
  });

t.test('after a change the pass begins at the head, at the level it had', async (t) => {
  const view = new PlainView(wrr, [{ weight: 4 }, { weight: 3 }, { weight: 2 }]);
  t.equal(picks(wrr, view, 4), 'a a b a');
  view.change((all) => all.map((one) => ({ ...one })));
  t.equal(picks(wrr, view, 6), 'a b c a b c');
});

t.test('shares over a cycle are the weights, exactly', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { minLength: 1, maxLength: 8 }), (weights) => {
      const view = new PlainView(
        wrr,
        weights.map((weight) => ({ weight })),
      );
      const counts = weights.map(() => 0);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let n = 0; n < total; n++) {
        const row = wrr.pick(view, client()) ?? -1;
        counts[row] = (counts[row] ?? 0) + 1;
      }
      t.same(counts, weights);
    }),
  );
});

/** The kernel's walk as it is told: a mark in the list and a level that falls step by step. */
class SteppingWrr {
  readonly #view: PlainView;
  #mark = -1;
  #level = 0;

  constructor(view: PlainView) {
    this.#view = view;
    this.changed();
  }

  #levels(): { step: number; top: number } {
    const weights = this.#view.servers.map((one) => one.weight).filter((w) => w > 0);
    const highest = Math.max(0, ...weights);
    let step = highest || 1;
    while (weights.some((weight) => weight % step !== 0)) step--;
    return { step, top: Math.max(0, highest - (step - 1)) };
  }

  changed(): void {
    const { step, top } = this.#levels();
    this.#mark = -1;
    if (this.#level > top || this.#level === 0) this.#level = top;
    else if (step > 1) this.#level = Math.floor(this.#level / step) * step + 1;
  }

  /** The first after `from` that reaches the level; `stop` is the last one to look at. */
  #walk(from: number, stop: number): number | 'end' | 'stopped' {
    for (let row = from + 1; row < this.#view.size; row++) {
      if (this.#view.weight(row) >= this.#level && this.#view.eligible(row)) return row;
      if (row === stop) return 'stopped';
    }
    return 'end';
  }

  /** Goes down a level. True: it came past the last one. */
  #down({ step, top }: { step: number; top: number }): boolean {
    this.#level -= step;
    if (this.#level > 0) return false;
    this.#level = top;
    return true;
  }

  #search(levels: { step: number; top: number }): number | 'end' | 'stopped' {
    const from = this.#mark;
    let found = this.#walk(from, -1);
    for (let lastPass = false, restarted = false; found === 'end'; ) {
      const past = this.#down(levels);
      if (past && (lastPass || from === -1)) return 'end';
      restarted ||= past;
      lastPass = this.#level <= levels.step;
      found = this.#walk(-1, lastPass && restarted ? from : -1);
    }
    return found;
  }

  pick(): number | undefined {
    const levels = this.#levels();
    const found = levels.top === 0 ? 'stopped' : this.#search(levels);
    if (found === 'stopped') return undefined;
    this.#mark = found === 'end' ? -1 : found;
    return found === 'end' ? undefined : found;
  }
}

type Turn = { kind: 'pick' | 'weight' | 'overload'; row: number; weight: number };
const turns: fc.Arbitrary<Turn[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('pick', 'pick', 'pick', 'pick', 'weight', 'overload'),
    row: fc.nat(5),
    weight: fc.constantFrom(0, 1, 2, 3, 4, 6, 12),
  }),
  { maxLength: 120 },
);

function play(view: PlainView, kernel: SteppingWrr, { kind, row, weight }: Turn): void {
  const one: PlainServer | undefined = view.servers[row];
  if (one && kind === 'overload') one.overloaded = !one.overloaded;
  if (!one || kind !== 'weight') return;
  view.change((all) => all.map((it) => (it === one ? { ...it, weight } : it)));
  kernel.changed();
}

t.test('picks are those of the walk that goes down level by level', async (t) => {
  const some = fc.array(fc.nat(6), { maxLength: 5 });
  fc.assert(
    fc.property(some, turns, (weights, all) => {
      const view = new PlainView(
        wrr,
        weights.map((weight) => ({ weight })),
      );
      const kernel = new SteppingWrr(view);
      // A pick after every change, and one before: only a pick moves our level to a new scale.
      return (
        wrr.pick(view, client()) === kernel.pick() &&
        all.every((turn) => {
          play(view, kernel, turn);
          return wrr.pick(view, client()) === kernel.pick();
        })
      );
    }),
    { numRuns: 1000 },
  );
  t.pass('1,000 histories of picks, weights and overloads');
});

t.test('a heavy server that is not eligible costs no more looks', async (t) => {
  const view = new PlainView(wrr, [{ weight: 65535 }, { weight: 1 }, { weight: 2 }]);
  let looks = 0;
  view.eligible = (row) => {
    looks++;
    return row > 0;
  };
  t.equal(picks(wrr, view, 6), 'c b c c b c');
  t.ok(looks <= 6 * 3 * 3, `${looks} looks`);
});
