import fc from 'fast-check';
import t from 'tap';
import {
  createFlowCounts,
  createTally,
  type FlowCounts,
  type Tally,
} from '../../../lib/engines/nftables/flow-counts.ts';
import type { FlowEvent } from '../../../lib/engines/nftables/picking/conntrack-line.ts';

type Kind = FlowEvent['kind'];

function told(kind: Kind, id: number, active = false, server = 'a'): FlowEvent {
  const flow = { id, protocol: 'tcp', address: 'v', port: 80, serverPort: 80 } as const;
  return { kind, flow: { ...flow, server, active, answered: true } };
}

function counting(limit?: number) {
  const tallies: Record<string, Tally> = { a: createTally(), b: createTally() };
  const counts = createFlowCounts(({ server }) => tallies[server], limit);
  const now = (server = 'a') => {
    const { active, inactive, opened } = tallies[server] ?? createTally();
    return [active.connections, inactive.connections, opened];
  };
  return { counts, now, tallies };
}

function tell(counts: FlowCounts, ...events: readonly FlowEvent[]): void {
  for (const event of events) counts.event(event);
}

t.test('a connection is inactive, active, inactive and gone', async (t) => {
  const { counts, now } = counting();
  tell(counts, told('new', 1));
  t.same(now(), [0, 1, 1]);
  tell(counts, told('update', 1, true), told('update', 1, true));
  t.same(now(), [1, 0, 1]);
  tell(counts, told('update', 1));
  t.same(now(), [0, 1, 1]);
  tell(counts, told('destroy', 1), told('destroy', 1));
  t.same(now(), [0, 0, 1]);
  t.equal(counts.size, 0);
});

t.test('each server has its own, and what is nobody’s is not kept', async (t) => {
  const { counts, now, tallies } = counting();
  tell(counts, told('new', 1), told('new', 2, false, 'b'), told('new', 3, true, 'c'));
  t.same(now(), [0, 1, 1]);
  t.same(now('b'), [0, 1, 1]);
  t.equal(counts.size, 2);
  delete tallies.b;
  tell(counts, told('update', 2, true, 'b'));
  t.equal(counts.size, 1);
});

t.test('a number that is used again is counted once', async (t) => {
  const { counts, now } = counting();
  tell(counts, told('new', 1, true), told('new', 1, true, 'b'), told('destroy', 1));
  t.same(
    [now(), now('b')],
    [
      [0, 0, 1],
      [0, 0, 1],
    ],
  );
});

t.test('a dump adds what is missing and takes what is gone', async (t) => {
  const { counts, now } = counting();
  tell(counts, told('new', 1), told('new', 2));
  counts.begin();
  tell(counts, told('known', 2, true), told('known', 3, true));
  t.same(now(), [2, 1, 2], 'nothing goes before its end');
  counts.end();
  t.same(now(), [2, 0, 2]);
});

t.test('what happens while a dump is read is later than it', async (t) => {
  const { counts, now } = counting();
  tell(counts, told('new', 1), told('update', 1, true));
  counts.begin();
  tell(counts, told('destroy', 1), told('known', 1, true), told('new', 2));
  tell(counts, told('update', 2, true), told('known', 2));
  counts.end();
  t.same(now(), [1, 0, 2]);
});

t.test('a dump that is given up takes nothing away', async (t) => {
  const { counts, now } = counting();
  tell(counts, told('new', 1, true));
  counts.begin();
  tell(counts, told('known', 2, true));
  counts.abandon();
  counts.end();
  t.same(now(), [2, 0, 1]);
});

t.test('so many and no more; those that are known are followed', async (t) => {
  const { counts, now } = counting(3);
  for (let id = 0; id < 10; id++) tell(counts, told('new', id));
  t.equal(counts.size, 3);
  t.equal(counts.leftOut, 7);
  tell(counts, told('update', 2, true), told('destroy', 0), told('new', 11));
  t.same(now(), [1, 2, 11]);
});

t.test('a dump that too much was told during takes nothing away', async (t) => {
  const { counts, now } = counting(2);
  tell(counts, told('new', 1, true));
  counts.begin();
  for (let id = 10; id < 20; id++) tell(counts, told('new', id), told('destroy', id));
  counts.end();
  t.same(now(), [1, 0, 11]);
  counts.begin();
  counts.end();
  t.same(now(), [0, 0, 11]);
});

t.test(
  'connections in a row that got no answer are counted, until one does',
  async (t) => {
    const { counts, tallies } = counting();
    const silent = (kind: Kind, id: number) => {
      const { flow } = told(kind, id);
      return { kind, flow: { ...flow, answered: false } };
    };
    tell(counts, silent('new', 1), silent('new', 2), silent('new', 3));
    t.equal(tallies.a?.silent, 0, 'not yet');
    tell(counts, silent('known', 1), silent('destroy', 2), silent('update', 3));
    t.equal(tallies.a?.silent, 1, 'a dump says nothing new of what is not over');
    tell(counts, silent('known', 5));
    t.equal(tallies.a?.silent, 2, 'but of one that nobody listened to');
    tell(counts, silent('known', 5));
    t.equal(tallies.a?.silent, 2, 'once');
    tell(counts, told('update', 3));
    t.equal(tallies.a?.silent, 0);
    const udp = silent('destroy', 4);
    tell(counts, { ...udp, flow: { ...udp.flow, protocol: 'udp' } });
    t.equal(tallies.a?.silent, 0, 'over UDP not everybody answers');
  },
);

t.test('whatever is told, the sums are those of the flows', async (t) => {
  const event = fc.record({
    kind: fc.constantFrom<Kind>('new', 'update', 'destroy', 'known'),
    id: fc.nat(5),
    active: fc.boolean(),
    server: fc.constantFrom('a', 'b', 'c'),
  });
  const step = fc.oneof(
    { weight: 8, arbitrary: event },
    fc.constantFrom('begin', 'end', 'abandon'),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { counts, now } = counting();
      for (const one of steps)
        if (typeof one === 'string') counts[one as 'begin' | 'end' | 'abandon']();
        else tell(counts, told(one.kind, one.id, one.active, one.server));
      const [activeA = 0, inactiveA = 0] = now('a');
      const [activeB = 0, inactiveB = 0] = now('b');
      t.equal(activeA + inactiveA + activeB + inactiveB, counts.size);
      t.ok([activeA, inactiveA, activeB, inactiveB].every((count) => count >= 0));
      counts.abandon();
      counts.begin();
      counts.end();
      t.same(
        [...now('a').slice(0, 2), ...now('b').slice(0, 2), counts.size],
        [0, 0, 0, 0, 0],
      );
    }),
  );
});
