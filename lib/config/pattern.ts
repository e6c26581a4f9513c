import type { Pattern } from '../model/pattern.ts';
import { emitPattern } from './pattern/emit.ts';
import { parsePattern } from './pattern/parse.ts';
import { InvalidPattern, Untranslatable } from './pattern/syntax.ts';
import { expected, type Note } from './values.ts';

/** Translates a regular expression from Perl's syntax to JavaScript's, so that it says the same
 *  about every text of bytes.
 *  @param perl  Latin-1
 *  @returns with `problem`, and a warning, what Perl cannot compile either: ldirectord accepts
 *           it in the file, and dies at the first check that needs it (observed)
 *  @throws RangeError for what Perl can do and JavaScript cannot */
export function translatePattern(perl: string, note: Note): Pattern {
  try {
    if (/\\[QELUlu]/.test(perl))
      note(
        '\\Q, \\E, \\L, \\U, \\l and \\u are the plain letters here; write \\. and the like',
      );
    const source = emitPattern(parsePattern(perl).node);
    compile(source);
    return { perl, source, flags: '' };
  } catch (error) {
    if (error instanceof Untranslatable) {
      const what = `a pattern without ${error.message}`;
      if (what.includes('as in "')) throw new RangeError(`expected ${what}`);
      return expected(what, 'Test (?:Page|Site)');
    }
    const problem = error instanceof InvalidPattern ? error.message : undefined;
    if (problem === undefined) throw error;
    note(`it is no regular expression (${problem}); checks that need it fail`);
    return { perl, problem: `"${perl}" is no regular expression: ${problem}` };
  }
}

/** The engine compiles at the first use only. */
function compile(source: string): void {
  try {
    new RegExp(source).test('');
  } catch (cause) {
    throw new Untranslatable('so many repetitions', { cause });
  }
}
