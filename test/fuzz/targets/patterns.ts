import { translatePattern } from '../../../lib/config/pattern.ts';
import { PATTERNS } from '../../config/cases/patterns.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { demand, pure, refusable } from '../target.ts';

const WORDS = [
  ...[
    '(?:',
    '(?=',
    '(?!',
    '(?<=',
    '(?<!',
    '(?<n>',
    '(?i)',
    '(?x:',
    '(?|',
    '(?#',
    '(?>',
    '\\K',
    '\\Q',
    '\\E',
  ],
  ...[
    '[^',
    '[:alpha:]',
    '\\d',
    '\\w',
    '\\b',
    '\\x{41}',
    '\\x4',
    '\\N{U+41}',
    '\\p{L}',
    '\\1',
    '\\g{-1}',
    '\\k<n>',
  ],
  ...[
    '{1,2}',
    '{,3}',
    '{1000}',
    '*?',
    '++',
    '?+',
    '*',
    '+',
    '|',
    ')',
    ']',
    'a',
    'B',
    '\\',
  ],
  ...PATTERNS,
  ...SPICE,
];

/** A regular expression in Perl's words. */
export const patterns = pure({
  covers: 'lib/config/pattern/**',
  boundMs: 250,
  // A line of the file is no longer.
  inputs: mutated(PATTERNS, WORDS).map((text) => text.slice(0, 4_096)),
  take(perl) {
    const pattern = refusable(() => translatePattern(perl, () => {}));
    if (pattern === undefined) return;
    demand('source' in pattern || pattern.problem !== '', () => 'no problem is named');
    if ('source' in pattern) new RegExp(pattern.source, pattern.flags);
  },
});
