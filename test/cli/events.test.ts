import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { eventLine } from '../../lib/cli/event-words.ts';
import type { Happening } from '../../lib/model/event.ts';
import { FakeDirector } from '../support/fake-director.ts';
import { runAction, startAction } from '../support/l4director.ts';
import { statusDocument } from '../support/status.ts';
import { CONTROLS } from '../support/terminal.ts';

const REAL = { service: 'tcp:10.1.1.19:80', real: '10.1.1.21:80' };
const down: Happening = {
  ...{ type: 'real', ...REAL, from: 'up', to: 'down', weight: 0 },
  message: 'ECONNREFUSED',
};

/** What happens, and what is said of it. */
const WORDS: readonly (readonly [Happening, string])[] = [
  [down, 'tcp:10.1.1.19:80/10.1.1.21:80 up -> down, weight 0: ECONNREFUSED'],
  [
    { ...down, from: null, to: 'starting', message: null },
    'tcp:10.1.1.19:80/10.1.1.21:80 new, starting, weight 0',
  ],
  [
    { ...down, to: null, message: null },
    'tcp:10.1.1.19:80/10.1.1.21:80 up, no longer there, weight 0',
  ],
  [
    { type: 'service', service: REAL.service, from: 'up', to: 'fallback' },
    'tcp:10.1.1.19:80 up -> fallback',
  ],
  [
    { type: 'change', by: 'uid 0 (root)', ...REAL, what: 'weight', old: null, new: 5 },
    'tcp:10.1.1.19:80/10.1.1.21:80 weight - -> 5 by uid 0 (root)',
  ],
  [
    {
      ...{ type: 'change', by: 'uid 0 (root)', service: null, real: null },
      ...{ what: 'connections', old: null, new: 3 },
    } as Happening,
    'connections - -> 3 by uid 0 (root)',
  ],
  [{ type: 'reload', ok: true, reason: null }, 'reload: in force'],
  [{ type: 'reload', ok: false, reason: 'x.cf:3: no' }, 'reload: refused: x.cf:3: no'],
];

t.test('an event is a line', async (t) => {
  for (const [what, words] of WORDS) {
    const line = eventLine({ ...what, id: 1, at: '2026-11-26T07:00:00.000Z' });
    t.match(line, /^2026-11-26 \d\d:00:00 /);
    t.equal(line.slice(20), words);
  }
  const evil = eventLine({ ...down, message: 'a\u001b[2J\nb', id: 1, at: '' });
  t.notMatch(evil, CONTROLS);
});

/** Lines of a child's output, one by one. */
function following(t: Test, folder: string, ...words: string[]) {
  const child = startAction(folder, 'events', '-f', ...words);
  t.teardown(() => child.kill('SIGKILL'));
  const lines = (stream: typeof child.stdout) =>
    createInterface({ input: stream ?? process.stdin })[Symbol.asyncIterator]();
  return { out: lines(child.stdout), err: lines(child.stderr), child };
}

t.test('events lists what is kept, as text or as JSON', async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  director.happens(down);
  director.happens({ type: 'reload', ok: true, reason: null });
  const { code, stdout } = await runAction(director.folder, 'events');
  t.equal(code, 0);
  t.match(stdout, /^[^\n]* up -> down[^\n]*\n[^\n]*reload: in force\n$/);
  const asJson = await runAction(director.folder, 'events', '--json');
  const [first] = asJson.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(first, { id: 1, type: 'real', to: 'down' });
});

t.test('events -f goes on, and over the end of a director', async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  for (let i = 0; i < 12; i++) director.happens({ ...down, weight: i });
  const { out, err } = following(t, director.folder, '--json');
  const next = async () => JSON.parse((await out.next()).value ?? '');
  for (let id = 3; id <= 12; id++) t.equal((await next()).id, id);
  director.happens({ ...down, weight: 99 });
  t.match(await next(), { id: 13, weight: 99 });
  await director.stop();
  t.match((await err.next()).value, /^lost: /);
  await director.restart(4712);
  t.equal((await err.next()).value, 'the director answers again');
  director.happens({ ...down, weight: 7 });
  t.match(await next(), { id: 1, weight: 7 });
});

t.test('events -f ends when its reader goes away', async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  director.happens(down);
  const { out, child } = following(t, director.folder);
  await out.next();
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.stdout?.destroy();
  for (let i = 0; i < 5; i++) {
    director.happens(down);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.equal(await ended, 0);
});
