import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';
import { readIni } from '../../lib/config/ini.ts';
import { CASES } from './cases/index.ts';
import { CASE_RESOLVER } from './reading.ts';

const LINES = CASES.flatMap(({ text }) => text.split('\n'));
const bytes = fc.oneof(
  fc
    .uint8Array({ maxLength: 400 })
    .map((array) => Buffer.from(array).toString('latin1')),
  fc
    .array(fc.oneof(fc.constantFrom(...LINES), fc.string()), { maxLength: 12 })
    .map((lines) => lines.join('\n')),
);

t.test('any bytes are accepted or refused, and nothing is thrown', async (t) => {
  const file = join(t.testdir(), 'a.cf');
  await fc.assert(
    fc.asyncProperty(bytes, async (text) => {
      writeFileSync(file, text, 'latin1');
      const read = await readConfig(file, { ini: '/dev/null', resolve: CASE_RESOLVER });
      if (!read.ok && read.errors.length === 0)
        throw new Error('refused without an error');
    }),
    { numRuns: 1500 },
  );
});

t.test('so are any bytes in an ini', async (t) => {
  const file = join(t.testdir(), 'a.ini');
  const piece = fc.constantFrom(
    '[',
    ']',
    '[net]',
    'engine',
    '=',
    '.',
    '\\',
    '"',
    '\n',
    '[]',
  );
  const text = fc.array(fc.oneof(piece, fc.string()), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(text, async (parts) => {
      writeFileSync(file, parts.join(''), 'latin1');
      (await readIni('/nonexistent/a.cf', file)).service('tcp:10.0.0.1:80');
    }),
    { numRuns: 1000 },
  );
});

t.test('what is told of a file is a line that no terminal obeys', async (t) => {
  const folder = t.testdir();
  const [cf, ini] = [join(folder, 'a.cf'), join(folder, 'a.ini')];
  writeFileSync(cf, 'virtual=10.1.1.19:80 \x1b[31mx\n    real=10.1.1.21:80 masq\n');
  writeFileSync(ini, '[net]\nengine = "a\\nb\\u009bc"\n');
  const read = await readConfig(cf, { ini, resolve: CASE_RESOLVER });
  t.equal(read.ok, false);
  const told = [...(read.ok ? [] : read.errors), ...(read.ok ? [] : read.warnings)];
  const lines = told.map(formatDiagnostic).join('|');
  t.match(lines, 'engine = a\\u000ab\\u009bc: expected an engine');
  t.match(lines, '"\\u001b[31mx" behind it is ignored');
  t.notMatch(lines, /\p{Cc}/u);
});

t.test('lines that invite endless searching are read at once', async (t) => {
  const file = join(t.testdir(), 'a.cf');
  const blank = ' '.repeat(2000);
  const lines = [
    `real=${'a'.repeat(4000)}`,
    `real=${'1.'.repeat(2000)}`,
    `real=1.1.1.1 masq${' "'.repeat(1900)}`,
    `real=1.1.1.1 masq "${'" '.repeat(600)}${blank}`,
    `real=1.1.1.1 masq${blank}x`,
    `request="${'"'.repeat(3000)}`,
    `receive="${'('.repeat(3000)}"`,
    `receive="${'(a*)*'.repeat(500)}"`,
    `fallback=${'a '.repeat(1900)}`,
    `emailalertstatus=${' ,'.repeat(1900)}`,
  ];
  writeFileSync(file, `virtual=5\n    ${lines.join('\n    ')}\n`);
  const before = process.cpuUsage();
  const read = await readConfig(file, { ini: '/dev/null', resolve: CASE_RESOLVER });
  const { user } = process.cpuUsage(before);
  t.equal(read.ok, false);
  t.ok(user < 5_000_000, `${user / 1000} ms of CPU`);
});

t.test('files and lines have a limit, told as an error', async (t) => {
  const folder = t.testdir();
  const cases = [
    [
      'long',
      `fork=no\n# ${'x'.repeat(5000)}\n`,
      { line: 2, message: 'the line is too long' },
    ],
    [
      'large',
      '\n'.repeat(16 * 1024 * 1024 + 1),
      { line: 0, message: 'the file is too large' },
    ],
  ] as const;
  for (const [name, text, error] of cases) {
    const file = join(folder, name);
    writeFileSync(file, text);
    t.match(await readConfig(file, { ini: '/dev/null' }), {
      ok: false,
      errors: [error],
    });
  }
  t.match(await readConfig(join(folder, 'missing')), {
    ok: false,
    errors: [{ line: 0, message: 'cannot be read' }],
  });
});

t.test(
  'a thousand services of ten servers are read, and the time is told',
  async (t) => {
    const file = join(t.testdir(), 'a.cf');
    const service = (at: number) => `virtual=10.${at >> 8}.${at & 255}.1:80
    scheduler=wlc
    request="index.html"
    receive="Test (?:Page|Site)"
${Array.from({ length: 10 }, (_, real) => `    real=10.200.${real}.${at & 255}:80 masq ${real + 1}`).join('\n')}
`;
    writeFileSync(file, Array.from({ length: 1000 }, (_, at) => service(at)).join(''));
    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      const before = process.cpuUsage();
      const read = await readConfig(file, { ini: '/dev/null', resolve: CASE_RESOLVER });
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
      t.equal(read.ok && read.config.virtuals.length, 1000);
      t.equal(read.ok && read.config.virtuals[999]?.reals.length, 10);
    }
    t.comment(
      `${Math.round(Math.min(...times))} ms of CPU at best; well under 300 is meant`,
    );
  },
);
