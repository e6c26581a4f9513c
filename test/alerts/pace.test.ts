import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { Told } from '../../lib/alerts/message.ts';
import { Pace } from '../../lib/alerts/pace.ts';
import { aTold } from '../support/told.ts';

/** `SEQUENCE REAL FROM>TO xCHANGES`, as they pass. */
function aPace(most: number, windowMs: number) {
  const passed: string[] = [];
  const pace = new Pace(
    ({ sequence, changes, change: { real, from, to } }: Told) =>
      void passed.push(`${sequence} ${real} ${from}>${to} x${changes}`),
    { most, windowMs },
  );
  return { pace, passed };
}

const A = 'a:80';
const B = 'b:80';

t.test('up to the rate each change passes at once', async (t) => {
  const { pace, passed } = aPace(3, 60_000);
  for (const sequence of [1, 2, 3]) pace.push(aTold(sequence, { real: A }));
  t.equal(passed.length, 3);
  t.equal(pace.held, 0);
});

t.test('past it they are held, one server alone, and told in one', async (t) => {
  const { pace, passed } = aPace(2, 300);
  const begun = performance.now();
  for (const sequence of [1, 2]) pace.push(aTold(sequence, { real: A }));
  pace.push(aTold(3, { real: A, from: 'up', to: 'down' }));
  pace.push(aTold(4, { real: A, from: 'down', to: 'up' }));
  pace.push(aTold(5, { real: B }));
  pace.push(aTold(6, { real: A, from: 'up', to: 'maintenance' }));
  t.strictSame(passed.slice(2), ['5 b:80 up>down x1']);
  t.equal(pace.held, 1);
  while (pace.held > 0) await delay(5);
  t.strictSame(passed.slice(3), ['6 a:80 up>maintenance x3']);
  t.ok(performance.now() - begun >= 300, 'not before the window is over');
});

t.test('over any window the rate holds, and the last state is told', async (t) => {
  const { pace, passed } = aPace(3, 200);
  const begun = performance.now();
  let sequence = 0;
  while (performance.now() - begun < 1000) {
    pace.push(aTold(++sequence, { real: A }));
    await delay(2);
  }
  const seconds = (performance.now() - begun) / 1000;
  t.ok(passed.length <= 3 * Math.ceil(seconds / 0.2 + 1), `${passed.length} passed`);
  while (pace.held > 0) await delay(5);
  t.match(passed.at(-1), new RegExp(`^${sequence} `));
  const told = passed.map((line) => Number(line.split('x').at(-1)));
  t.equal(
    told.reduce((sum, changes) => sum + changes, 0),
    sequence,
    'each change is in one message',
  );
});

t.test('the one whose time comes first is told first', async (t) => {
  const { pace, passed } = aPace(1, 400);
  pace.push(aTold(1, { real: B }));
  await delay(150);
  pace.push(aTold(2, { real: A }));
  pace.push(aTold(3, { real: A }));
  pace.push(aTold(4, { real: B }));
  while (passed.length < 3) await delay(5);
  t.match(passed[2], /^4 b/);
  pace.flush();
});

t.test('at the end what is held goes at once', async (t) => {
  const { pace, passed } = aPace(1, 1e6);
  for (const sequence of [1, 2, 3]) pace.push(aTold(sequence, { real: A }));
  pace.push(aTold(4, { real: undefined }));
  pace.flush();
  t.strictSame(passed.slice(1), ['4 undefined up>down x1', '3 a:80 up>down x2']);
  t.equal(pace.held, 0);
});
