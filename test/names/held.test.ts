import t from 'tap';
import {
  answered,
  type Held,
  sameRecords,
  unanswered,
  unasked,
} from '../../lib/names/held.ts';
import type { NameRecord } from '../../lib/names/question.ts';

const BOUNDS = {
  minTtlMs: 1000,
  maxTtlMs: 300_000,
  holdMs: 5000,
  empty: 'keep',
  maxServers: 4,
} as const;
const NONE = { records: [], ttlMs: 10_000, empty: 'there is no such name' };

function answer(...addresses: readonly string[]) {
  const records = addresses.map((address) => ({ address }));
  return { records, ttlMs: 10_000, empty: undefined };
}

function at(now: number) {
  return { now, wall: 1_000_000 + now };
}

function addresses({ records }: Held): readonly unknown[] {
  return records.map(({ record }) => 'address' in record && record.address);
}

t.test('the order of an answer is nothing', async (t) => {
  const one = answered(unasked(), answer('10.0.0.2', '10.0.0.1'), at(0), BOUNDS);
  const two = answered(one, answer('10.0.0.1', '10.0.0.2'), at(10_000), BOUNDS);
  t.ok(sameRecords(one, two));
  t.equal(two.due, 20_000);
  t.equal(two.answeredAt, 1_010_000);
});

t.test('a TTL is bounded at both ends', async (t) => {
  const due = (ttlMs: number) =>
    answered(unasked(), { ...answer('10.0.0.1'), ttlMs }, at(0), BOUNDS).due;
  t.strictSame([due(0), due(5000), due(2 ** 31 * 1000)], [1000, 5000, 300_000]);
});

t.test(
  'who is missing from one answer stays; from two, hold apart, goes',
  async (t) => {
    const both = answered(unasked(), answer('10.0.0.1', '10.0.0.2'), at(0), BOUNDS);
    const one = answered(both, answer('10.0.0.1'), at(10_000), BOUNDS);
    t.strictSame(addresses(one), ['10.0.0.1', '10.0.0.2']);
    t.equal(one.due, 15_000, 'it is asked again when the time is over');
    const back = answered(one, answer('10.0.0.1', '10.0.0.2'), at(15_000), BOUNDS);
    t.ok(back.records.every(({ missingSince }) => missingSince === undefined));
    const soon = answered(one, answer('10.0.0.1'), at(14_999), BOUNDS);
    t.strictSame(addresses(soon), ['10.0.0.1', '10.0.0.2']);
    const gone = answered(soon, answer('10.0.0.1'), at(15_000), BOUNDS);
    t.strictSame(addresses(gone), ['10.0.0.1']);
    const none = { ...BOUNDS, holdMs: undefined };
    t.strictSame(addresses(answered(both, answer('10.0.0.1'), at(1), none)), [
      '10.0.0.1',
    ]);
  },
);

t.test('an empty answer lets nobody go, or all of them', async (t) => {
  const both = answered(unasked(), answer('10.0.0.1', '10.0.0.2'), at(0), BOUNDS);
  const kept = answered(both, NONE, at(10_000), BOUNDS);
  t.ok(sameRecords(both, kept));
  t.match(kept.problem, /^there is no such name; its last servers are kept/);
  t.equal(kept.answeredAt, both.answeredAt, 'the age goes on');
  const remove = { ...BOUNDS, empty: 'remove', holdMs: undefined } as const;
  t.strictSame(addresses(answered(both, NONE, at(10_000), remove)), []);
  const first = answered(unasked(), NONE, at(0), BOUNDS);
  t.equal(first.problem, 'there is no such name');
});

t.test('no answer keeps all, and is asked for less and less often', async (t) => {
  let held = answered(unasked(), answer('10.0.0.1'), at(0), BOUNDS);
  const waits: number[] = [];
  for (let round = 0; round < 8; round++) {
    held = unanswered(held, 'SERVFAIL', at(0), 0);
    waits.push(held.due);
  }
  t.strictSame(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  t.strictSame(addresses(held), ['10.0.0.1']);
  t.equal(held.problem, 'SERVFAIL; its last servers are kept');
  t.equal(unanswered(unasked(), 'SERVFAIL', at(0), 1).due, 750, 'jitter makes it less');
  const again = answered(held, answer('10.0.0.1'), at(9), BOUNDS);
  t.strictSame([again.failed, again.failures, again.problem], [0, 8, undefined]);
});

t.test('too many are cut, and not those that are there', async (t) => {
  const there = answered(unasked(), answer('10.0.0.8', '10.0.0.9'), at(0), BOUNDS);
  const many = answer('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.8', '10.0.0.9');
  const held = answered(there, many, at(1), BOUNDS);
  t.strictSame(addresses(held), ['10.0.0.1', '10.0.0.2', '10.0.0.8', '10.0.0.9']);
  t.match(held.problem, /^it has 5 servers, and 4 are taken/);
  let turning = there;
  for (let n = 0; n < 50; n++)
    turning = answered(turning, answer(`10.0.1.${n}`), at(n), BOUNDS);
  t.equal(turning.records.length, 4, 'those that are missing are bounded too');
});

t.test(
  'an SRV record with another weight takes the place of the one before',
  async (t) => {
    const srv = (weight: number): NameRecord => ({
      ...{ priority: 1, weight, port: 80, target: 'web1.example.com' },
    });
    const one = answered(
      unasked(),
      { records: [srv(1)], ttlMs: 0, empty: undefined },
      at(0),
      BOUNDS,
    );
    const two = answered(
      one,
      { records: [srv(5)], ttlMs: 0, empty: undefined },
      at(1),
      BOUNDS,
    );
    t.strictSame(
      two.records.map(({ record }) => record),
      [srv(5)],
    );
    t.notOk(sameRecords(one, two));
  },
);
