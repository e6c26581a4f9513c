import type { HaDraft } from './ha-config.ts';

/** Tells of what is wrong with a line. */
export interface Notes {
  error(message: string): void;
  warn(message: string): void;
}

interface ByWord {
  /** Called for each word behind the directive: `node lb1 lb2`. */
  word(draft: HaDraft, word: string, notes: Notes): void;
}

interface ByLine {
  /** Called with all words of the line. */
  words(draft: HaDraft, words: readonly string[], notes: Notes, line: number): void;
  /** A comma is part of a word. */
  readonly hasCommas?: true;
}

export type HaDirective = (ByWord | ByLine) & {
  /** What follows it. */
  readonly syntax: string;
};
