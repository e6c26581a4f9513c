import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { settled } from '../../lib/daemon/settled.ts';

const LONG = 3_600_000;

t.test('a file that is being written is waited for', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file');
  // Longer than a busy machine holds up who writes.
  const times = { quietMs: 2000, patienceMs: LONG };
  const writing = (async () => {
    for (let line = 0; line < 5; line++) {
      await sleep(100);
      appendFileSync(file, 'line\n');
    }
  })();
  await settled([file, `${file}.ini`], times);
  t.ok(Date.now() - statSync(file).mtimeMs >= times.quietMs, 'it is quiet');
  await writing;
});

t.test('one that is written for ever is not', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file');
  const before = performance.now();
  await settled([file], { quietMs: 700, patienceMs: 1 });
  t.ok(performance.now() - before < LONG, 'it comes back');
});

t.test('one that is old, or not there, costs no time', async (t) => {
  const folder = t.testdir({ file: '' });
  await sleep(50);
  const times = { quietMs: 40, patienceMs: LONG };
  await settled([join(folder, 'file'), join(folder, 'none')], times);
  t.pass('it comes back');
});
