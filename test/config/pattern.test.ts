import fc from 'fast-check';
import t from 'tap';
import { translatePattern } from '../../lib/config/pattern.ts';
import { lab } from '../support/lab.ts';
import { PATTERNS, TEXTS, UNTRANSLATABLE } from './cases/patterns.ts';
import { matchInPerl, type PerlVerdict } from './perl.ts';
import { seedOf } from './seed.ts';

const silent = () => undefined;

/** What is wrong with the translation of a pattern; undefined when Perl agrees. */
function disagreement(
  pattern: string,
  texts: readonly string[],
  perl: PerlVerdict,
): string | undefined {
  const ours = translated(pattern);
  if (typeof ours === 'string') return undefined;
  if (typeof perl === 'string')
    return ours.problem === undefined ? `Perl refuses it: ${perl}` : undefined;
  if (ours.problem !== undefined) return `Perl takes it, we do not: ${ours.problem}`;
  const expression = new RegExp(ours.source, ours.flags);
  const at = texts.findIndex(
    (text, index) =>
      perl[index] !== null && expression.test(text) !== (perl[index] === 1),
  );
  return at < 0
    ? undefined
    : `${ours.source}: Perl ${perl[at] ? 'matches' : 'does not match'} ${JSON.stringify(texts[at])}`;
}

/** A text: why it cannot be translated. */
function translated(pattern: string) {
  try {
    return translatePattern(pattern, silent);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

t.test('a translated pattern says what Perl says', lab('perl'), async (t) => {
  const verdicts = await matchInPerl(
    PATTERNS.map((pattern) => ({ pattern, texts: TEXTS })),
  );
  PATTERNS.forEach((pattern, at) => {
    t.not(typeof translated(pattern), 'string', `${pattern} can be translated`);
    t.equal(disagreement(pattern, TEXTS, verdicts[at] ?? ''), undefined, pattern);
  });
});

t.test('what cannot be translated is refused, with what to write instead', (t) => {
  for (const pattern of UNTRANSLATABLE)
    t.match(translated(pattern), /^expected a pattern without /, pattern);
  t.end();
});

t.test(
  'what is no pattern for Perl either carries its problem, with a warning',
  (t) => {
    const warnings: string[] = [];
    const pattern = translatePattern('(unclosed', (message) => warnings.push(message));
    t.match(pattern, { perl: '(unclosed', problem: 'a ( has no )' });
    t.match(warnings, [/no regular expression/]);
    t.end();
  },
);

const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'A',
    'x',
    ' ',
    '1',
    '.',
    '^',
    '$',
    '|',
    '\\n',
    '\\d',
    '\\w',
    '\\s',
    '\\b',
  ],
  ...[
    '\\B',
    '\\A',
    '\\z',
    '\\Z',
    '\\R',
    '\\h',
    '\\v',
    '\\N',
    '\\xe4',
    '[ab]',
    '[^a]',
    '(?i)',
  ],
  ...[
    '[[:alpha:]]',
    '[\\d-a]',
    '(?s)',
    '(?m)',
    '(?x)',
    '(?-i)',
    '#',
    '{',
    '}',
    '\\1',
    '\\K',
  ],
  ...[
    '\\G',
    '\\x{e4}',
    '\\07',
    '\\10',
    '-',
    ']',
    '(?#c)',
    '[A-Z]',
    '\\y',
    '(?^)',
    '(?n)',
  ],
);
const quantifier = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '',
    '*',
    '+',
    '?',
    '*?',
    '+?',
    '??',
    '*+',
    '++',
    '{2}',
    '{1,2}',
    '{,2}',
  ],
  ...['{2,}', '{1,2}?', '{0}', '{2,1}', '{ 1 , 2 }', '**'],
);
const opening = fc.constantFrom(
  ...[
    '(',
    '(?:',
    '(?>',
    '(?=',
    '(?!',
    '(?<=',
    '(?<!',
    '(?i:',
    '(?<n>',
    '(?s-i:',
    '(?^m:',
  ],
);
const { pattern } = fc.letrec<{ pattern: string; item: string }>((tie) => ({
  item: fc
    .tuple(
      fc.oneof(
        { maxDepth: 4 },
        { arbitrary: piece, weight: 4 },
        fc.tuple(opening, tie('pattern')).map(([open, inside]) => `${open}${inside})`),
      ),
      quantifier,
    )
    .map((parts) => parts.join('')),
  pattern: fc
    .array(tie('item'), { minLength: 1, maxLength: 4 })
    .map((items) => items.join('')),
}));
const text = fc
  .array(
    fc.constantFrom('a', 'b', 'A', 'B', 'x', '1', '\n', ' ', '\r', '\xe4', '-', '{'),
    {
      maxLength: 6,
    },
  )
  .map((characters) => characters.join(''));

t.test('so do generated patterns on generated texts', lab('perl'), async (t) => {
  const seed = seedOf(t);
  const questions = fc.sample(
    fc.record({ pattern, texts: fc.array(text, { minLength: 20, maxLength: 20 }) }),
    { seed, numRuns: 3000 },
  );
  const verdicts = await matchInPerl(questions);
  const wrong = questions.flatMap(({ pattern, texts }, at) => {
    const found = disagreement(pattern, texts, verdicts[at] ?? '');
    return found === undefined ? [] : [`${pattern} -> ${found}`];
  });
  t.strictSame(wrong.slice(0, 10), [], `no disagreement with seed ${seed}`);
  const kept = questions.filter(
    ({ pattern }) => typeof translated(pattern) !== 'string',
  );
  t.ok(kept.length > questions.length / 2, 'most of them can be translated');
});

t.test('no text makes the translation throw anything but a refusal', (t) => {
  const any = fc.array(fc.oneof(piece, quantifier, opening, fc.string()), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(any, (parts) => {
      translated(parts.join('').replace(/[^\0-\xff]/g, '?'));
    }),
    { numRuns: 3000 },
  );
  for (const deep of ['('.repeat(4000), '(?:a'.repeat(900), `${'(?:'.repeat(900)}a`])
    t.doesNotThrow(() => translated(deep));
  t.end();
});
