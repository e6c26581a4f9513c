import t from 'tap';
import { answered, unanswered, unasked } from '../../lib/names/held.ts';
import type { Kept } from '../../lib/names/kept.ts';
import { putInForce } from '../../lib/names/put-in-force.ts';
import type { NameRecord, Question } from '../../lib/names/question.ts';

const BOUNDS = {
  ...{ minTtlMs: 1_000, maxTtlMs: 1_000, holdMs: undefined, maxServers: 100 },
  empty: 'remove',
} as const;
const AT = { now: 0, wall: 0 };

function kept(question: Question, records?: readonly NameRecord[]): Kept {
  const answer = records && { records, ttlMs: 0, empty: undefined };
  const held = unasked();
  return {
    question,
    held: answer ? answered(held, answer, AT, BOUNDS) : held,
    ...{ inForce: [], heldBackSince: undefined, timer: undefined, asking: undefined },
  };
}

function srv(host: string): NameRecord {
  return { priority: 1, weight: 1, port: 80, target: host };
}

/** Of two targets the second is silent; before, a third one counted. */
function bench() {
  const name = kept({ name: '_http._tcp', type: 'SRV' }, [srv('web1'), srv('web2')]);
  name.inForce = [srv('web0')];
  const known = kept({ name: 'web1', type: 'A' }, [{ address: '10.0.0.1' }]);
  const silent = kept({ name: 'web2', type: 'A' });
  const all = new Map([
    ['SRV _http._tcp', name],
    ['A web1', known],
    ['A web2', silent],
  ]);
  return { name, known, silent, all };
}

t.test('it waits for a silent target, and not for ever', async (t) => {
  const { name, all } = bench();
  t.same(putInForce(all, 1_000, false), { hasMoved: false, waitMs: 5_000 });
  t.same(putInForce(all, 4_000, true), { hasMoved: false, waitMs: 2_000 });
  t.same(name.inForce, [srv('web0')]);
  t.same(putInForce(all, 6_000, false), { hasMoved: true, waitMs: undefined });
  t.same(name.inForce, [srv('web1'), srv('web2')]);
  t.same(putInForce(all, 7_000, false), { hasMoved: false, waitMs: undefined });
});

t.test('other targets meanwhile put that off no further', async (t) => {
  const { name, all } = bench();
  putInForce(all, 1_000, false);
  const records = [srv('web2'), srv('web1')].map((one) => ({ ...one, weight: 2 }));
  name.held = answered(
    name.held,
    { records, ttlMs: 0, empty: undefined },
    { now: 3_000, wall: 0 },
    BOUNDS,
  );
  t.same(putInForce(all, 3_000, false), { hasMoved: false, waitMs: 3_000 });
});

t.test('a start takes what there is', async (t) => {
  const { name, all } = bench();
  name.inForce = [];
  t.same(putInForce(all, 1_000, false), { hasMoved: false, waitMs: 5_000 });
  t.same(putInForce(all, 1_000, true), { hasMoved: true, waitMs: undefined });
});

t.test('what leads nowhere never counts, however long it takes', async (t) => {
  const { name, known, silent, all } = bench();
  known.held = unanswered(unasked(), 'SERVFAIL', AT, 0);
  putInForce(all, 1_000, false);
  t.same(putInForce(all, 60_000, true), { hasMoved: false, waitMs: undefined });
  silent.held = unanswered(silent.held, 'silent', AT, 0);
  t.same(putInForce(all, 90_000, false), { hasMoved: false, waitMs: undefined });
  t.same(name.inForce, [srv('web0')]);
});
