import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { KeptOverride, Override } from '../../lib/model/override.ts';
import { VERSION } from '../../lib/state/override-file.ts';
import { openOverrideFile } from '../../lib/state/override-store.ts';
import { seal, unseal } from '../../lib/state/sealed.ts';
import { aPattern, aReal, aService } from '../support/config.ts';
import { recordingLog } from '../support/recording-log.ts';

const A = aReal('10.1.1.21:80', { weight: 2 });
const B = aReal('10.1.1.22:80');
const web = aService({ reals: [A, B] });
const drain: Override = {
  ...{ state: 'drain', weight: 7, by: 'uid 0 (root)' },
  since: '2026-11-23T12:00:00.000Z',
};
const KEPT: readonly KeptOverride[] = [{ service: web.id, real: A, override: drain }];

/** A director's life: what it finds, what it leaves. */
async function run(path: string, service = web, keep = KEPT) {
  const log = recordingLog();
  const file = await openOverrideFile(path, log);
  const found = file.of(service);
  await file.keep(keep);
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

t.test(
  'a deadline is told once, of who is in charge, and outlives no drain',
  async (t) => {
    const path = await left(t);
    const end = { at: '2026-11-23T12:10:00.000Z', by: 'uid 0 (root)' };
    await run(path, web, [{ service: web.id, real: A, override: drain, drain: end }]);
    for (const another of [true, false]) {
      const file = await openOverrideFile(path, recordingLog(), { another });
      t.strictSame(file.drains(), [], 'no service has asked yet');
      t.strictSame([...file.of(web)], [[A.id, drain]], 'it is no part of the change');
      const told = another ? [] : [{ service: web.id, real: A.id, ...end }];
      t.strictSame(file.drains(), told);
      t.strictSame(file.drains(), []);
      await file.close();
    }
    await run(path);
    const file = await openOverrideFile(path, recordingLog());
    file.of(web);
    t.strictSame(file.drains(), []);
    await file.close();
  },
);

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
    const file = await openOverrideFile(path, recordingLog(), { another: true });
    void file.keep([]);
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
    void file.keep([{ service: web.id, real: A, override: { ...drain, weight } }]);
  await file.close();
  t.match(JSON.parse(readFileSync(path, 'utf8')), { overrides: [{ weight: 499 }] });
});

t.test('what is kept right behind what was there already is written too', async (t) => {
  const path = await left(t);
  const file = await openOverrideFile(path, recordingLog());
  void file.keep(KEPT);
  void file.keep([]);
  await file.close();
  t.strictSame(readdirSync(join(path, '..')), []);
});

const ROW = { service: web.id, real: A.id, configured: 'x', ...drain };

/** Whole, and yet not what this program writes. */
const STRANGE: Readonly<Record<string, string>> = {
  empty: '',
  'of another program': 'null',
  'of an older version': '{"version":1,"overrides":[]}',
  'of a newer version': seal(VERSION + 1, ['"overrides": []}']).join(''),
  'too large': `"${'x'.repeat(5 << 20)}"`,
  ...Object.fromEntries(
    Object.entries({
      'no JSON': '"overrides": [}',
      'a row that is none': `"overrides": ${JSON.stringify([ROW, null])}}`,
      'a deadline that is none': `"overrides": ${JSON.stringify([{ ...ROW, drain: { at: 'soon', by: 'x' } }])}}`,
      'a weight below 0': `"overrides": ${JSON.stringify([{ ...ROW, weight: -1 }])}}`,
      'a weight above all': `"overrides": ${JSON.stringify([{ ...ROW, weight: 65_536 }])}}`,
      'lines of a log': `"overrides": ${JSON.stringify([{ ...ROW, by: 'x\n[date] y' }])}}`,
      'endless words': `"overrides": ${JSON.stringify([{ ...ROW, by: 'x'.repeat(1001) }])}}`,
      'a state of its own': `"overrides": ${JSON.stringify([{ ...ROW, state: 'gone' }])}}`,
      'nobody in words': `"overrides": ${JSON.stringify([{ ...ROW, by: 3 }])}}`,
    }).map(([what, members]) => [what, seal(VERSION, [members]).join('')]),
  ),
};

for (const [what, text] of Object.entries(STRANGE))
  t.test(`a strange file is set aside: ${what}`, async (t) => {
    const path = join(t.testdir({ 'state.json': text }), 'state.json');
    const { found, lines } = await run(path);
    t.equal(found.size, 0);
    t.match(lines, [
      /^Cannot read .*state\.json: .*not in force again.*; it is .*\.bad-/,
    ]);
    t.equal(readFileSync(asideOf(path)[0] ?? '', 'utf8'), text, 'nothing is lost');
    t.equal((await run(path)).found.size, 1, 'and a new one is begun');
  });

t.test('cut at any byte, or with any bit turned, it is found out', async (t) => {
  const path = await left(t);
  const whole = readFileSync(path);
  t.equal((await outcomeOf(path, whole)).size, 1, 'the whole one is read');
  for (let length = 0; length < whole.length; length++)
    if ((await outcomeOf(path, whole.subarray(0, length))).size > 0)
      t.fail(`cut behind ${length} bytes`);
  for (let at = 0; at < whole.length; at++) {
    const turned = Buffer.from(whole);
    turned[at] = (whole[at] ?? 0) ^ (1 << (at % 8));
    if ((await outcomeOf(path, turned)).size > 0) t.fail(`turned at byte ${at}`);
    for (let bit = 0; bit < 8; bit++) {
      turned[at] = (whole[at] ?? 0) ^ (1 << bit);
      t.throws(() => unseal(VERSION, turned));
    }
  }
  t.equal(asideOf(path).length, 5, 'the newest of those set aside stay');
});

t.test('the log says whose changes are lost, as far as it can be read', async (t) => {
  const path = await left(t);
  const reals = Array.from({ length: 12 }, (_, i) => aReal(`10.1.1.${i}:80`));
  const kept = reals.map((real) => ({ service: web.id, real, override: drain }));
  await run(path, aService({ reals }), kept);
  writeFileSync(path, readFileSync(path).subarray(0, -20));
  const { lines } = await run(path);
  const of =
    /damaged.* again, of 10\.1\.1\.0:80 \(tcp:10\.1\.1\.19:80\), .*10\.1\.1\.9:80 \(.*\), 2 more; it is/;
  t.match(lines, [of]);
});

t.test('what is no file is not waited for', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'state.json');
  mkdirSync(path);
  writeFileSync(join(path, 'x'), '');
  t.match((await run(path)).lines, [/it is no file.*\.bad-/]);
  t.equal((await run(path)).found.size, 1, 'a folder is set aside like a file');
  rmSync(path);
  execFileSync('mkfifo', [path]);
  t.match((await run(path)).lines, [/it is no file.*\.bad-/]);
  t.equal((await run(path)).found.size, 1);
});

t.test('a file that may not be read is set aside where that may be', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'l4-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'state.json');
  await run(path);
  chmodSync(path, 0);
  chmodSync(folder, 0o777);
  const { lines } = await asNobody(() => run(path, web, []));
  t.match(lines, [/EACCES.*\.bad-/]);
  t.equal((await run(path)).found.size, 0);
  t.equal((await run(path)).found.size, 1);
});

t.test('where there can be no folder the log says so', async (t) => {
  const path = join(t.testdir({ lib: 'a file' }), 'lib/state.json');
  const { lines } = await run(path);
  t.match(lines, [/^Cannot read/, /^Cannot write .*will not outlive the director\)$/]);
});

t.test('a full disk leaves the old file, and is tried again', async (t) => {
  const path = await left(t);
  const before = readFileSync(path, 'utf8');
  const log = recordingLog();
  const file = await openOverrideFile(path, log, { againMs: 5 });
  file.of(web);
  symlinkSync('/dev/full', `${path}.new`);
  const heavy = [{ service: web.id, real: A, override: { ...drain, weight: 9 } }];
  const problem = /^\/.*state\.json cannot be written: ENOSPC/;
  t.match(await file.keep(heavy), problem);
  t.match(log.lines, [/^Cannot write .*ENOSPC/]);
  t.equal(readFileSync(path, 'utf8'), before);
  while (log.lines.length < 2) await delay(5);
  t.match(log.lines.at(-1), /is written again$/);
  t.equal(await file.keep(heavy), undefined);
  t.equal(await file.flush(), undefined);
  t.match(readFileSync(path, 'utf8'), /"weight": 9/);
  await file.close();
});

t.test('what cannot be written is tried once more at the end', async (t) => {
  const path = await left(t);
  const file = await openOverrideFile(path, recordingLog());
  file.of(web);
  symlinkSync('/dev/full', `${path}.new`);
  await file.keep([{ service: web.id, real: A, override: { ...drain, weight: 9 } }]);
  await file.close();
  t.match(readFileSync(path, 'utf8'), /"weight": 9/);
});

/** What the next run finds in a file with these bytes. */
async function outcomeOf(path: string, bytes: Buffer) {
  writeFileSync(path, bytes);
  const file = await openOverrideFile(path, recordingLog());
  const found = file.of(web);
  await file.close();
  return found;
}

/** Root may read all. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const own = process.geteuid?.() ?? 0;
  if (own !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(own);
  }
}

/** What was set aside of it. */
function asideOf(path: string): readonly string[] {
  const folder = join(path, '..');
  return readdirSync(folder)
    .filter((name) => name.includes('.bad-'))
    .map((name) => join(folder, name));
}
