import { readFileSync } from 'node:fs';

/** The text of a file of the repository, latin1. Tests and the campaign run in its root. */
export function fileText(path: string): string {
  return readFileSync(path, 'latin1');
}

/** What stands between blanks and the like in texts, each once, none longer than a line. */
export function wordsOf(texts: readonly string[]): readonly string[] {
  const words = texts.flatMap((text) => text.split(/[\s=,"]+/));
  return [...new Set(words)].filter((word) => word !== '' && word.length < 80);
}

/** What upsets parsers, whatever they read. */
export const SPICE: readonly string[] = [
  ...' \t\r\n\0"\'#=:;.,-[]{}()*\\/%$^|?+<>@&',
  ...[
    '\r\n',
    '\n\n',
    '""',
    '..',
    '//',
    '%00',
    '%',
    '\\\\',
    '\x7f',
    '\xff',
    '\xc3\xa4',
    '\xc3',
    '\ufeff',
  ],
  ...[
    '0',
    '-1',
    '1e9',
    '0x10',
    '65535',
    '65536',
    '4294967296',
    '99999999999999999999',
    'NaN',
  ],
  ...['__proto__', 'constructor', 'toString', 'null', 'true', '((((((((', '[[[[[[[['],
];
