import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { LeftWishes } from '../../lib/model/peer-wish.ts';
import { wishesFile } from '../../lib/state/wishes-file.ts';
import { recordingLog } from '../support/recording-log.ts';

const LEFT: LeftWishes = {
  origin: '0123456789abcdef',
  wishes: [
    {
      ...{ service: 'tcp:10.1.1.19:80', real: '10.1.1.21:80', count: 7 },
      ...{ origin: 'fedcba9876543210', here: 'drain as configured', isDue: false },
      wish: { state: 'drain', weight: null, by: 'uid 0 (root)' },
    },
    {
      ...{ service: 'tcp:10.1.1.19:80', real: '10.1.1.22:80', count: 8 },
      ...{ origin: '0123456789abcdef', here: '', isDue: true, wish: null },
    },
  ],
};

t.test('the order of changes outlives a director', async (t) => {
  const log = recordingLog();
  const path = join(t.testdir({}), 'a.wishes.json');
  const file = wishesFile(path, log);
  t.equal(await file.read(), undefined);
  await file.write(LEFT);
  t.strictSame(await file.read(), LEFT);
  t.strictSame(log.lines, []);
});

t.test('what is not as it was written is set aside, and the log says so', async (t) => {
  const log = recordingLog();
  const path = join(t.testdir({}), 'a.wishes.json');
  const file = wishesFile(path, log);
  await file.write(LEFT);
  writeFileSync(path, readFileSync(path).subarray(0, -3));
  t.equal(await file.read(), undefined);
  t.match(log.lines, [
    /Cannot read .*: it is damaged: .*what the peers say holds; it is .*\.bad-/,
  ]);
  const rows = [{ ...LEFT.wishes[0], count: -1 }] as unknown as LeftWishes['wishes'];
  await file.write({ ...LEFT, wishes: rows });
  t.equal(await file.read(), undefined);
  t.match(log.lines.at(-1), /row 1 of its changes is none/);
});

t.test('a count past what a number tells is kept as the highest', async (t) => {
  const log = recordingLog();
  const file = wishesFile(join(t.testdir({}), 'a.wishes.json'), log);
  await file.write({
    ...LEFT,
    wishes: LEFT.wishes.map((w) => ({ ...w, count: 2 ** 53 })),
  });
  const found = await file.read();
  t.equal(found?.origin, LEFT.origin);
  t.match(found?.wishes, [{ count: 2 ** 53 - 1 }, { count: 2 ** 53 - 1 }]);
  t.strictSame(log.lines, []);
});

t.test('an id that is none is refused', async (t) => {
  const log = recordingLog();
  const file = wishesFile(join(t.testdir({}), 'a.wishes.json'), log);
  await file.write({ ...LEFT, origin: 'x' });
  t.equal(await file.read(), undefined);
  t.match(log.lines, [/it holds no changes/]);
});

t.test('a disk that takes nothing is told of once', async (t) => {
  const log = recordingLog();
  const file = wishesFile(join(t.testdir({ file: '' }), 'file', 'a.json'), log);
  await file.write(LEFT);
  await file.write(LEFT);
  t.match(log.lines, [/^Cannot write .*a\.json: /]);
});
