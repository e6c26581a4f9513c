import t from 'tap';
import { formatDiagnostic, type ReadResult } from '../../lib/config/config.ts';
import { configReport } from '../../lib/config/index.ts';
import type { Case } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { readTexts } from './reading.ts';

t.test('every case is read as recorded', async (t) => {
  const results = await readTexts(CASES.map(({ text }) => text));
  CASES.forEach((known, at) => {
    const read = results[at];
    const outcome = read?.ok ? configReport(read.config) : read?.errors[0];
    const name = JSON.stringify(known.text);
    t.equal(read?.ok, known.refused === undefined, `same verdict: ${name}`);
    t.match(outcome, known.refused ? errorOf(known.refused) : reportOf(known), name);
    if (known.warning) t.match(warningsOf(read), known.warning, `warns: ${name}`);
  });
});

function warningsOf(read: ReadResult | undefined): string {
  const warnings = read?.ok ? read.config.warnings : read?.warnings;
  return warnings?.map(formatDiagnostic).join('\n') ?? '';
}

t.test('a message never holds a password', async (t) => {
  const lines = [
    'passwd=tops3cret',
    'login=tops3cret',
    'secret=tops3cret',
    'passwd tops3cret',
    'passwd="x"tops3cret',
    'passwd="x" # tops3cret',
    'passwd="tops3cret#tops3cret"',
    '*passwd="tops3cret"',
    '="tops3cret"',
    '"tops3cret"',
    'password = "tops3cret"',
  ];
  const texts = lines.map((line) => `virtual=5\n    ${line}\n`);
  for (const [at, read] of (await readTexts(texts)).entries()) {
    const found = read.ok ? read.config.warnings : [...read.errors, ...read.warnings];
    t.ok(found.length > 0, String(lines[at]));
    t.notMatch(JSON.stringify(found), 'tops3cret', String(lines[at]));
  }
});

function errorOf({ line, saying }: NonNullable<Case['refused']>) {
  return { line, message: saying };
}

function reportOf({ global, virtual, ids }: Case) {
  return {
    ...(global && { global }),
    ...(virtual && { virtuals: [virtual] }),
    ...(ids && { virtuals: ids.map((id) => ({ id })) }),
  };
}
