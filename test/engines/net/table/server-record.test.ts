import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { Memory, RECORDS_A_SEGMENT } from '../../../../lib/engines/net/table/memory.ts';
import {
  COLUMN_AT,
  SERVER,
  ServerRecord,
} from '../../../../lib/engines/net/table/server-record.ts';

function records(workers: number): ServerRecord[] {
  const memory = new Memory(workers);
  memory.grow();
  const cell = memory.cell(7);
  return Array.from({ length: workers }, (_, worker) => new ServerRecord(cell, worker));
}

function eligible({ words, at }: ServerRecord): boolean {
  return (words[at + SERVER.eligible] ?? 0) > 0;
}

t.test('records and columns do not overlap, in any segment', async (t) => {
  const memory = new Memory(3);
  memory.grow();
  memory.grow();
  const places = [0, 1, RECORDS_A_SEGMENT - 1, RECORDS_A_SEGMENT];
  const all = places.flatMap((place) =>
    [0, 1, 2].map((worker) => new ServerRecord(memory.cell(place), worker)),
  );
  for (const [n, record] of all.entries()) {
    record.received(1000 + n);
    record.sent(2000 + n);
    record.connected();
    record.failed();
  }
  for (const [n, { totals }] of all.entries())
    t.same(totals, {
      totalConnections: 1,
      bytesIn: 1000 + n,
      bytesOut: 2000 + n,
      connectFailures: 1,
    });
  t.throws(() => memory.cell(2 * RECORDS_A_SEGMENT), RangeError);
});

t.test('counts of all workers are one sum, without those of a dead one', async (t) => {
  const [one, two] = records(2);
  if (!one || !two) throw new RangeError('two columns');
  one.set({ weight: 1, lower: 0, upper: 3 });
  one.open();
  two.open();
  two.open();
  two.halfClose();
  t.same([one.active, one.inactive, one.connections], [2, 1, 3]);
  t.notOk(eligible(one), 'at the upper threshold over both');
  two.bury([one, two]);
  t.same([one.active, one.inactive], [1, 0]);
  t.ok(eligible(one), 'and its end ends the overload');
});

t.test('a weight of 0 is remembered as the last one above', async (t) => {
  const [record] = records(1);
  if (!record) throw new RangeError('a column');
  record.set({ weight: 5, lower: 0, upper: 0 });
  record.set({ weight: 0, lower: 0, upper: 0 });
  t.equal(record.words[record.at + SERVER.lastWeight], 5);
  t.notOk(eligible(record));
});

/** The kernel's rules, as plainly as they can be said. */
class Model {
  active = 0;
  inactive = 0;
  overloaded = false;
  readonly lower: number;
  readonly upper: number;

  constructor({ lower, upper }: { lower: number; upper: number }) {
    this.lower = lower;
    this.upper = upper;
  }

  get total(): number {
    return this.active + this.inactive;
  }

  opened(): void {
    this.active++;
    if (this.upper > 0 && this.total >= this.upper) this.overloaded = true;
  }

  closed(half: boolean): void {
    if (half) this.inactive--;
    else this.active--;
    const floor = this.lower > 0 ? this.lower : (this.upper * 3) / 4;
    if (this.total < floor) this.overloaded = false;
  }
}

type Step = (record: ServerRecord, model: Model) => void;

const STEPS: readonly Step[] = [
  (record, model) => {
    record.open();
    model.opened();
  },
  (record, model) => {
    if (model.active === 0) return;
    record.halfClose();
    model.active--;
    model.inactive++;
  },
  (record, model) => {
    if (model.active === 0) return;
    record.release(false);
    model.closed(false);
  },
  (record, model) => {
    if (model.inactive === 0) return;
    record.release(true);
    model.closed(true);
  },
];

t.test(
  'the overload flag is as the kernel has it, whatever opens and closes',
  async () => {
    const thresholds = fc.record({ lower: fc.nat(6), upper: fc.nat(8) });
    fc.assert(
      fc.property(thresholds, fc.array(fc.constantFrom(...STEPS)), (limits, steps) => {
        const [record] = records(1);
        if (!record) throw new RangeError('a column');
        record.set({ weight: 1, ...limits });
        const model = new Model(limits);
        for (const step of steps) step(record, model);
        assert.equal(eligible(record), !model.overloaded);
        assert.deepEqual(
          [record.active, record.inactive],
          [model.active, model.inactive],
        );
      }),
    );
  },
);

t.test('the columns that schedulers read follow every change', async (t) => {
  const [record] = records(1);
  if (!record) throw new RangeError('a column');
  const names = Object.keys(COLUMN_AT);
  const columns = () =>
    Object.fromEntries(
      Object.values(COLUMN_AT).map((at) => [
        names[at],
        record.numbers[record.at / 2 + at],
      ]),
    );
  record.set({ weight: 2, lower: 0, upper: 4 });
  t.match(columns(), { weight: 2, eligibleWeight: 2, delay: 0.5, idleDelay: 0 });
  for (let n = 0; n < 3; n++) record.open();
  record.halfClose();
  t.same(columns(), {
    weight: 2,
    active: 2,
    eligibleWeight: 2,
    roomyWeight: 2,
    eligibleLoad: 513,
    weightedLoad: 256.5,
    delay: 1.5,
    idleDelay: 1.5,
  });
  record.open();
  t.same(columns(), {
    weight: 2,
    active: 3,
    eligibleWeight: 0,
    roomyWeight: 0,
    eligibleLoad: Infinity,
    weightedLoad: Infinity,
    delay: Infinity,
    idleDelay: Infinity,
  });
  record.release(true);
  record.set({ weight: 2, lower: 0, upper: 0 });
  t.match(columns(), { active: 3, roomyWeight: 0, weightedLoad: 384, delay: 2 });
  record.bury([record]);
  t.match(columns(), { active: 0, roomyWeight: 2, weightedLoad: 0, idleDelay: 0 });
});
