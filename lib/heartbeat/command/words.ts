import type { Files } from '../local/files.ts';
import type { Arguments } from './arguments.ts';

/** A command line, with its files. */
export interface Words extends Arguments {
  readonly files: Files;
}

/** @returns the exit code */
export type Action = (words: Words) => Promise<number>;
