import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDiagnostic } from '../../../lib/config/config.ts';
import { DIRECTIVES } from '../../../lib/config/directives.ts';
import { configReport, readConfig } from '../../../lib/config/index.ts';
import { CASES } from '../../config/cases/index.ts';
import { CASE_RESOLVER } from '../../config/reading.ts';
import { mutated } from '../inputs.ts';
import { fileText, SPICE, wordsOf } from '../support/corpus.ts';
import { demand, type Opened, target } from '../target.ts';

const GOOD = [
  ...CASES.map(({ text }) => text),
  ...['examples/ldirectord.cf', 'examples/seed.cf', 'examples/quickstart.cf'].map(
    fileText,
  ),
];
const NAMES = ['virtual', 'virtual6', ...Object.keys(DIRECTIVES)];
const WORDS = [
  ...NAMES.map((name) => `\n${name}=`),
  ...NAMES.map((name) => `\n    ${name} = `),
  ...wordsOf(GOOD),
  ...SPICE,
];

/** Nothing in it ends the line, or is obeyed by a terminal. */
export function isLine(text: string): boolean {
  return !/[\p{Cc}]/u.test(text);
}

/** A file that is written, and read by whoever takes texts from files. */
export function throughFile(
  name: string,
  read: (file: string, text: string) => Promise<void>,
): () => Promise<Opened<string>> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'l4director-fuzz-'));
    const file = join(folder, name);
    return {
      async take(text) {
        writeFileSync(file, text, 'latin1');
        await read(file, text);
      },
      [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
    };
  };
}

/** An ldirectord.cf. */
export const config = target({
  kind: 'pure',
  covers: 'lib/config/**',
  boundMs: 1_000, // thousands of sections in 64 KiB
  inputs: mutated(GOOD, WORDS),
  open: throughFile('a.cf', async (file, text) => {
    const read = await readConfig(file, {
      ini: '/dev/null',
      resolve: CASE_RESOLVER,
      debug: true, // else it looks whether it may open the log files
      hostname: 'director.example',
    });
    demand(read.ok || read.errors.length > 0, () => 'refused without an error');
    const lines = text.split('\n').length;
    for (const found of read.ok ? read.config.warnings : read.errors) {
      demand(
        found.line >= 0 && found.line <= lines,
        () => `line ${found.line} of ${lines}`,
      );
      const told = formatDiagnostic(found);
      demand(isLine(told), () => `no line: ${JSON.stringify(told)}`);
    }
    if (read.ok) JSON.stringify(configReport(read.config));
  }),
});
