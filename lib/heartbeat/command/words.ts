import type { Files } from '../local/files.ts';
import type { Arguments } from './arguments.ts';

/** A command line, with its files. */
export interface Words extends Arguments {
  readonly files: Files;
  /** What an earlier run had left, and is removed: in words, for the log. */
  readonly left: readonly string[];
}

/** @returns the exit code */
export type Action = (words: Words) => Promise<number>;
