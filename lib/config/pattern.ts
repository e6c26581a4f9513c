import type { Pattern } from '../model/pattern.ts';
import type { Note } from './values.ts';

/** Translates. */
export function translatePattern(perl: string, _note: Note): Pattern {
  return { perl, source: perl === '' ? '(?:)' : perl, flags: '' };
}
