import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Override } from '../../lib/model/override.ts';
import { openOverrideFile } from '../../lib/state/override-store.ts';
import { aPattern, aReal, aService } from '../support/config.ts';
import { recordingLog } from '../support/recording-log.ts';

const A = aReal('10.1.1.21:80', { weight: 2 });
const B = aReal('10.1.1.22:80');
const web = aService({ reals: [A, B] });
const drain: Override = {
  ...{ state: 'drain', weight: 7, by: 'uid 0 (root)' },
  since: '2026-11-23T12:00:00.000Z',
};
const KEPT = [{ service: web.id, real: A, override: drain }];

/** A director's life: what it finds, what it leaves. */
async function run(path: string, service = web, keep = KEPT) {
  const log = recordingLog();
  const file = await openOverrideFile(path, log);
  const found = file.of(service);
  file.keep(keep);
  await file.close();
  return { found, lines: log.lines };
}

/** With what an earlier run left. */
async function left(t: Test): Promise<string> {
  const path = join(t.testdir(), 'lib/a/state.json');
  const { found, lines } = await run(path);
  t.equal(found.size, 0);
  t.strictSame(lines, []);
  return path;
}

t.test('what was kept is there again, and only root reads it', async (t) => {
  const path = await left(t);
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.strictSame(readdirSync(join(path, '..')), ['state.json'], 'nothing beside it');
  const { found, lines } = await run(path);
  t.strictSame([...found], [[A.id, drain]]);
  t.strictSame(lines, []);
});

t.test('another place in the file is the same line', async (t) => {
  const path = await left(t);
  const moved = aService({ reals: [B, { ...A, line: 99 }] });
  t.equal((await run(path, moved)).found.size, 1);
});

t.test('where the line of the server has changed, the file wins', async (t) => {
  for (const fields of [
    { weight: 3 },
    { method: 'gate' },
    { upper: 5 },
    { request: '/x' },
    { receive: aPattern('y') },
  ] as const) {
    const path = await left(t);
    const { found, lines } = await run(
      path,
      aService({ reals: [{ ...A, ...fields }, B] }),
    );
    t.equal(found.size, 0);
    t.strictSame(lines, [
      'Run-time change of real server: 10.1.1.21:80 (10.1.1.19:80) is over (its line in the file has changed; it was drain, weight 7, by uid 0 (root))',
    ]);
  }
});

t.test('servers and services that are gone are told of, once', async (t) => {
  const path = await left(t);
  const over = /10\.1\.1\.21:80 .* is over \(it is not in the file any more/;
  t.match((await run(path, aService({ reals: [B] }), [])).lines, [over]);
  const other = await left(t);
  t.match((await run(other, aService({ port: 25 }), [])).lines, [over]);
  t.strictSame((await run(other, aService({ port: 25 }), [])).lines, []);
});

t.test('a file that is still another director’s is not written', async (t) => {
  const path = await left(t);
  const before = readFileSync(path, 'utf8');
  for (const takesOver of [false, true]) {
    const file = await openOverrideFile(path, recordingLog(), true);
    file.keep([]);
    if (takesOver) file.own();
    await file.close();
    if (!takesOver) t.equal(readFileSync(path, 'utf8'), before);
  }
  t.strictSame(readdirSync(join(path, '..')), [], 'what waited is written then');
});

t.test('with nothing to keep there is no file', async (t) => {
  const path = await left(t);
  await run(path, web, []);
  t.strictSame(readdirSync(join(path, '..')), []);
});

t.test('the last of many is what is written', async (t) => {
  const path = join(t.testdir(), 'state.json');
  const file = await openOverrideFile(path, recordingLog());
  for (let weight = 0; weight < 500; weight++)
    file.keep([{ service: web.id, real: A, override: { ...drain, weight } }]);
  await file.close();
  t.match(JSON.parse(readFileSync(path, 'utf8')), { overrides: [{ weight: 499 }] });
});

t.test('what is kept right behind what was there already is written too', async (t) => {
  const path = await left(t);
  const file = await openOverrideFile(path, recordingLog());
  file.keep(KEPT);
  file.keep([]);
  await file.close();
  t.strictSame(readdirSync(join(path, '..')), []);
});

t.test(
  'a file that cannot be understood is set aside, and the log says so',
  async (t) => {
    const row = { service: web.id, real: A.id, configured: 'x', ...drain };
    for (const text of [
      '',
      '{"version":1,"overr',
      'null',
      '{"version":2,"overrides":[]}',
      JSON.stringify({ version: 1, overrides: [row, null] }),
      JSON.stringify({ version: 1, overrides: [{ ...row, weight: -1 }] }),
      JSON.stringify({ version: 1, overrides: [{ ...row, state: 'gone' }] }),
      JSON.stringify({ version: 1, overrides: [{ ...row, by: 3 }] }),
      `"${'x'.repeat(5 << 20)}"`,
    ]) {
      const path = join(t.testdir({ 'state.json': text }), 'state.json');
      const { found, lines } = await run(path);
      t.equal(found.size, 0);
      t.match(lines, [
        /^Cannot read .*state\.json: .*not in force again; it is .*broken now/,
      ]);
      t.equal(readFileSync(`${path}.broken`, 'utf8'), text, 'nothing is lost');
      t.equal((await run(path)).found.size, 1, 'and a new one is begun');
    }
  },
);

t.test('where it cannot be written the log says so', async (t) => {
  const path = join(t.testdir({ lib: 'a file' }), 'lib/state.json');
  const { lines } = await run(path);
  t.match(lines, [/^Cannot read/, /^Cannot write .*will not outlive the director\)$/]);
  const folder = join(t.testdir(), 'state.json');
  mkdirSync(folder);
  writeFileSync(join(folder, 'x'), '');
  t.match((await run(folder)).lines, [/^Cannot read .*\.broken now\)$/]);
  t.equal((await run(folder)).found.size, 1, 'a folder is set aside like a file');
});
