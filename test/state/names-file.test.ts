import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { LeftAnswer } from '../../lib/model/name-status.ts';
import { namesFile } from '../../lib/state/names-file.ts';
import { seal } from '../../lib/state/sealed.ts';
import { recordingLog } from '../support/recording-log.ts';

const ANSWERS: readonly LeftAnswer[] = [
  {
    name: 'www.example.com',
    type: 'A',
    records: [{ address: '10.0.0.1' }],
    answeredAt: 7,
  },
  {
    ...{ name: '_http._tcp.example.com', type: 'SRV', answeredAt: 8 },
    records: [{ priority: 1, weight: 2, port: 80, target: 'web1.example.com' }],
  },
];

t.test('what was written is read, again and again', async (t) => {
  const path = join(t.testdir(), 'names.json');
  const log = recordingLog();
  const file = namesFile(path, log);
  t.same(await file.read(), []);
  await file.write(ANSWERS);
  t.same(await file.read(), ANSWERS);
  t.same(await file.read(), ANSWERS);
  t.same(log.lines, []);
});

t.test('what is torn or strange is set aside', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'names.json');
  const log = recordingLog();
  const file = namesFile(path, log);
  await file.write(ANSWERS);
  const torn = readFileSync(path, 'utf8').slice(0, -3);
  const sealed = (answers: unknown) =>
    seal(1, [`"answers":${JSON.stringify(answers)}}\n`]).join('');
  const [first, second] = ANSWERS;
  const strange = [
    torn,
    sealed({}),
    sealed([{ ...first, type: 'MX' }]),
    sealed([{ ...first, records: [{ address: 'nowhere' }] }]),
    sealed([{ ...first, answeredAt: 1e300 }]),
    sealed([
      { ...second, records: [{ priority: 1, weight: 2, port: 65_536, target: '' }] },
    ]),
  ];
  for (const text of strange) {
    writeFileSync(path, text);
    t.same(await file.read(), [], text);
    t.match(log.take()[0], /Cannot read .*names\.json: .*; it is .*\.bad-/);
  }
  t.equal(readdirSync(folder).length, 5, 'the newest of them stay');
});

t.test('a folder where it cannot be written is told once', async (t) => {
  const folder = t.testdir({ a: 'file' });
  const log = recordingLog();
  const file = namesFile(join(folder, 'a', 'names.json'), log);
  await file.write(ANSWERS);
  await file.write(ANSWERS);
  t.equal(log.lines.length, 1);
  t.match(log.lines[0], /Cannot write .*a start while no name server answers/);
});
