import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  Persistence,
  type Template,
} from '../../../../lib/engines/net/worker/persistence.ts';

const TIMEOUT = 300_000;
const RECHECK = 60_000;

function tableAt(clock: { now: number }, limit = 1000) {
  return new Persistence<string>({ clock: () => clock.now, timeoutMs: TIMEOUT, limit });
}

t.test('every new connection gives the template its full time again', async (t) => {
  const clock = { now: 0 };
  const table = tableAt(clock);
  for (let n = 0; n < 3; n++) {
    table.close(table.open('client', 'a'));
    clock.now += TIMEOUT - 1;
    t.equal(table.find('client')?.server, 'a');
  }
  clock.now += 1;
  t.equal(table.find('client'), undefined);
});

t.test('an open connection keeps it, looked at every 60 s', async (t) => {
  const clock = { now: 0 };
  const table = tableAt(clock);
  const template = table.open('client', 'a');
  clock.now = TIMEOUT;
  table.sweep();
  t.equal(table.nextSweepMs(), RECHECK);
  table.close(template);
  clock.now += RECHECK - 1;
  t.equal(table.find('client')?.server, 'a', 'until the next look');
  clock.now += 1;
  t.equal(table.find('client'), undefined);
});

t.test('it goes with its server, and only with that', async (t) => {
  const table = tableAt({ now: 0 });
  table.open('one', 'a');
  table.open('two', 'b');
  table.drop((server) => server === 'a');
  t.equal(table.find('one'), undefined);
  t.equal(table.find('two')?.server, 'b');
});

t.test('the table is bounded: the one with the least time left goes', async (t) => {
  const clock = { now: 0 };
  const table = tableAt(clock, 2);
  for (const key of ['one', 'two', 'one', 'three']) {
    clock.now++;
    table.open(key, 'a');
  }
  t.equal(table.size, 2);
  t.equal(table.find('two'), undefined);
  t.equal(table.find('one')?.server, 'a');
});

t.test('a time that changes holds for new connections', async (t) => {
  const clock = { now: 0 };
  const table = tableAt(clock);
  table.close(table.open('old', 'a'));
  table.timeoutMs = 10;
  table.close(table.open('new', 'a'));
  clock.now = 10;
  t.equal(table.find('new'), undefined);
  t.equal(table.find('old')?.server, 'a');
});

t.test('one of an earlier run has what was left of its time', async (t) => {
  const clock = { now: 0 };
  const table = tableAt(clock);
  table.restore('long', 'a', TIMEOUT * 9);
  table.restore('short', 'b', 10);
  clock.now = 9;
  t.equal(table.find('short')?.server, 'b');
  clock.now = 10;
  t.equal(table.find('short'), undefined);
  t.equal(table.find('long')?.server, 'a', 'and no more than it has now');
  clock.now = TIMEOUT;
  t.equal(table.find('long'), undefined);
  t.equal(table.size, 0);
});

t.test('who has come since knows better than an earlier run', async (t) => {
  const clock = { now: 0 };
  const table = tableAt(clock);
  table.close(table.open('came', 'a'));
  table.restore('came', 'b', TIMEOUT);
  t.equal(table.find('came')?.server, 'a');
  table.restore('comes', 'b', 10);
  table.restore('comes', 'c', 20);
  t.equal(table.find('comes')?.server, 'c', 'the last word counts');
  table.close(table.open('comes', 'c'));
  clock.now = TIMEOUT - 1;
  t.equal(table.find('comes')?.server, 'c', 'its time begins anew');
  t.equal(table.size, 2);
});

t.test('those of an earlier run are swept within a minute of their time', async (t) => {
  const clock = { now: 0 };
  const table = tableAt(clock, 3);
  for (const key of ['one', 'two', 'three', 'four']) table.restore(key, 'a', 10);
  t.equal(table.size, 3, 'not more than the limit');
  t.equal(table.nextSweepMs(), RECHECK);
  table.open('five', 'a');
  t.equal(table.size, 3, 'one of them makes room');
  clock.now = RECHECK;
  table.sweep();
  t.strictSame(
    [...table].map(({ key }) => key),
    ['five'],
  );
});

interface Entry {
  server: string;
  until: number;
  open: number;
}

/** The rules again, as plainly as they can be said: no order, no queues. */
class Model {
  now = 0;
  readonly entries = new Map<string, Entry>();
  readonly opened: Entry[] = [];

  open(key: string, server: string): void {
    const entry = this.entries.get(key) ?? { server, until: 0, open: 0 };
    entry.server = server;
    entry.open++;
    entry.until = this.now + TIMEOUT;
    this.entries.set(key, entry);
    this.opened.push(entry);
  }

  at(now: number): void {
    this.now = now;
    for (const [key, entry] of this.entries) this.#look(key, entry);
  }

  #look(key: string, entry: Entry): void {
    if (entry.until > this.now) return;
    if (entry.open > 0) entry.until += RECHECK;
    else this.entries.delete(key);
  }
}

/** The table, with what a service keeps of it. */
class Real {
  readonly clock = { now: 0 };
  readonly table = tableAt(this.clock);
  readonly opened: Template<string>[] = [];
}

type Step = fc.Command<Model, Real>;

/** A step that does the same to both, after which they answer alike. */
function step(label: string, run: (model: Model, real: Real) => void): Step {
  return {
    check: () => true,
    run(model, real) {
      run(model, real);
      for (const key of KEYS)
        assert.equal(real.table.find(key)?.server, model.entries.get(key)?.server);
      assert.equal(real.table.size, model.entries.size);
    },
    toString: () => label,
  };
}

/** Sweeps whenever the table asks for it, up to a time. */
function wait(model: Model, real: Real, ms: number): void {
  const target = real.clock.now + ms;
  for (;;) {
    const next = real.table.nextSweepMs();
    if (next === undefined || real.clock.now + next > target) break;
    real.clock.now += next;
    real.table.sweep();
    model.at(real.clock.now);
  }
  real.clock.now = target;
  model.at(target);
}

const KEYS = ['one', 'two', 'three'];
const SERVER = fc.constantFrom('a', 'b');
const STEPS = [
  fc.tuple(fc.constantFrom(...KEYS), SERVER).map(([key, server]) =>
    step(`open ${key} at ${server}`, (model, real) => {
      model.open(key, server);
      real.opened.push(real.table.open(key, server));
    }),
  ),
  fc.nat(20).map((pick) =>
    step(`close ${pick}`, (model, real) => {
      const at = pick % Math.max(1, real.opened.length);
      for (const template of real.opened.splice(at, 1)) real.table.close(template);
      for (const entry of model.opened.splice(at, 1)) entry.open--;
    }),
  ),
  SERVER.map((gone) =>
    step(`drop ${gone}`, (model, real) => {
      real.table.drop((server) => server === gone);
      for (const [key, { server }] of model.entries)
        if (server === gone) model.entries.delete(key);
    }),
  ),
  fc
    .nat(TIMEOUT * 1.5)
    .map((ms) => step(`wait ${ms}`, (model, real) => wait(model, real, ms))),
];

t.test('it agrees with a plain model, whatever happens', async () => {
  fc.assert(
    fc.property(fc.commands(STEPS, { maxCommands: 60 }), (steps) => {
      fc.modelRun(() => ({ model: new Model(), real: new Real() }), steps);
    }),
    { numRuns: 500 },
  );
});
