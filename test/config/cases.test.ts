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
  const text =
    'virtual=5\n    passwd=tops3cret\n    login=tops3cret\n    secret=tops3cret\n    passwd tops3cret\n';
  const [read] = await readTexts([text]);
  t.equal(read?.ok, false);
  t.notMatch(JSON.stringify(read), 'tops3cret');
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
