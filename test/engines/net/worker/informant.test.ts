import { setImmediate as nextTick } from 'node:timers/promises';
import t from 'tap';
import type { Answer } from '../../../../lib/engines/net/crew/question.ts';
import type { FromWorker } from '../../../../lib/engines/net/protocol.ts';
import type { Persisting } from '../../../../lib/engines/net/worker/clients.ts';
import { Informant } from '../../../../lib/engines/net/worker/informant.ts';
import { Journal } from '../../../../lib/engines/net/worker/journal.ts';
import type {
  RealServer,
  Resettable,
  Roster,
} from '../../../../lib/engines/net/worker/real-server.ts';
import type { Sight } from '../../../../lib/engines/net/worker/sight.ts';
import { turnsUntil } from '../../../support/turns.ts';

const MANY = 10_000;
/** What it may take to look at one. */
const LOOK_MS = 0.01;

/** Connections that take their time to be looked at.
 *  @param looked  called at each look */
function many(looked = () => {}): Resettable[] {
  return Array.from({ length: MANY }, (_, place) => ({
    place,
    serial: 0,
    reset() {
      this.place = -1;
    },
    seen(): Sight {
      looked();
      for (const until = performance.now() + LOOK_MS; performance.now() < until; );
      return {
        service: 'tcp:10.1.1.19:80',
        server: { id: '10.1.1.21:80' } as RealServer,
        client: `192.0.2.7:${place}`,
        protocol: 'tcp',
        state: 'open',
        began: 10,
        bytesIn: 1,
        bytesOut: 2,
      };
    },
  }));
}

function informant(all: readonly Resettable[]) {
  const parts: Answer[] = [];
  let ended = () => {};
  const told = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const roster: Pick<Roster, 'connections'> = {
    *connections() {
      yield* all;
    },
  };
  const subject = new Informant({
    roster: roster as Roster,
    ...{ carriers: new Map(), journal: new Journal<Persisting>() },
    now: () => performance.now(),
    tell(message) {
      if (message.type !== 'answer') return;
      parts.push(message);
      if (message.last) ended();
    },
  });
  return { subject, parts, told };
}

t.test('10,000 connections are listed in pieces, traffic in between', async (t) => {
  const { subject, parts, told } = informant(many());
  subject.take(1, { about: 'connections', filter: {}, most: MANY });
  const turns = await turnsUntil(told);
  t.ok(turns >= 20, `what else waits had ${turns} turns`);
  t.ok(parts.length >= 20, `${parts.length} messages`);
  t.ok(parts.every(({ items }) => items.length <= 500));
  t.equal(parts.flatMap(({ items }) => items).length, MANY);
  t.equal(
    parts.reduce((sum, { count }) => sum + count, 0),
    MANY,
  );
});

t.test('what is not listed is counted without a look', async (t) => {
  let looks = 0;
  const { subject, parts, told } = informant(many(() => looks++));
  subject.take(1, { about: 'connections', filter: {}, most: 10 });
  await told;
  t.equal(looks, 10);
  t.match(parts, [{ count: MANY, last: true }]);
  t.equal(parts[0]?.items.length, 10);
});

t.test('a defect costs one answer, and is told', async (t) => {
  let broken = true;
  const roster: Pick<Roster, 'connections'> = {
    *connections() {
      if (broken) throw new Error('broken');
      yield* [];
    },
  };
  const heard: FromWorker[] = [];
  const subject = new Informant({
    roster: roster as Roster,
    ...{ carriers: new Map(), journal: new Journal<Persisting>() },
    now: () => performance.now(),
    tell: (message) => heard.push(message),
  });
  subject.take(1, { about: 'end', filter: {} });
  await turnsUntil(nextTick());
  t.strictSame(heard, [{ type: 'notice', kind: 'question', about: 'broken' }]);
  broken = false;
  subject.take(2, { about: 'end', filter: {} });
  await turnsUntil(nextTick());
  t.match(heard.slice(1), [{ type: 'answer', sequence: 2, count: 0, last: true }]);
});

t.test('what has ended since it was gathered is left alone', async (t) => {
  const all = many();
  const trial = { place: 0, reset: () => t.fail('it is no client') };
  const { subject, parts, told } = informant([trial, ...all]);
  for (const one of all.slice(10)) one.reset('killed');
  subject.take(1, { about: 'end', filter: {} });
  await told;
  t.match(parts, [{ count: 10, last: true }]);
});
