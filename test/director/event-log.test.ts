import t from 'tap';
import { createEventLog } from '../../lib/director/event-log.ts';
import { NOON } from '../support/reports.ts';

const reload = { type: 'reload', ok: true, reason: null } as const;

t.test('events have ids that rise by one, and a time', async (t) => {
  const log = createEventLog(() => NOON);
  log.tell(reload);
  log.tell({ ...reload, ok: false, reason: 'x' });
  const at = new Date(NOON).toISOString();
  t.strictSame(log.since(0), [
    { ...reload, id: 1, at },
    { ...reload, ok: false, reason: 'x', id: 2, at },
  ]);
  t.match(log.since(1), [{ id: 2 }]);
  t.strictSame(log.since(2), []);
});

t.test('the last 1,000 are kept, however many there were', async (t) => {
  const log = createEventLog(() => NOON);
  for (const many of [999, 1, 1, 999, 1, 4_567]) {
    for (let i = 0; i < many; i++) log.tell(reload);
    const all = log.since(0);
    const last = all.at(-1)?.id ?? 0;
    t.equal(all.length, Math.min(last, 1_000));
    t.equal(all[0]?.id, last - all.length + 1);
    t.strictSame(log.since(1), last > 1_000 ? all : all.slice(1));
    t.match(log.since(last - 2), [{ id: last - 1 }, { id: last }]);
  }
});

t.test('whoever comes with an id of an earlier run gets all', async (t) => {
  const log = createEventLog(() => NOON);
  log.tell(reload);
  t.equal(log.since(500).length, 1);
});

t.test('observers hear of each from then on, until they are disposed of', async (t) => {
  const log = createEventLog(() => NOON);
  const heard: number[] = [];
  const note = ({ id }: { id: number }) => void heard.push(id);
  log.tell(reload);
  const first = log.observe(note);
  const second = log.observe(note);
  log.tell(reload);
  first[Symbol.dispose]();
  log.tell(reload);
  second[Symbol.dispose]();
  log.tell(reload);
  t.strictSame(heard, [2, 2, 3]);
});
