import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { whole } from '../numbers.ts';

/** What the command line asks for. */
export interface BesideOptions {
  readonly node: string;
  /** The program of the other version. */
  readonly other: string;
  readonly rounds: number;
  /** How long one measurement lasts. */
  readonly seconds: number;
  /** Connections whose system calls are counted. */
  readonly counted: number;
  /** Where the report goes; undefined: bench/results/DATE-beside-nodeN.md; '': nowhere. */
  readonly out: string | undefined;
}

export const BESIDE_USAGE = `npm run bench -- beside FOLDER [--node PATH] [--rounds N] [--short] [--out FILE]
  FOLDER     another version of l4director, built: a clone after "npm ci"
  --rounds   interleaved rounds of processor time (default 20)
  --short    a look: two rounds of a second; writes no file
  --out      the report (default bench/results/DATE-beside-nodeN.md)`;

/** @throws TypeError for what it does not know */
export function readBesideOptions(argv: readonly string[]): BesideOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      node: { type: 'string', default: process.execPath },
      rounds: { type: 'string' },
      short: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const { short } = values;
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0)
    throw new TypeError(
      'beside: expected one folder, as in "beside ../l4director-1.0"',
    );
  return {
    node: values.node,
    other: programIn(folder),
    rounds: whole('rounds', values.rounds ?? (short ? '2' : '20'), 1000),
    seconds: short ? 1 : 4,
    counted: short ? 100 : 1000,
    out: values.out ?? (short ? '' : undefined),
  };
}

function programIn(folder: string): string {
  const program = join(resolve(folder), 'dist/bin/l4director.js');
  if (existsSync(program)) return program;
  throw new TypeError(
    `beside ${folder}: ${program} is not there; build it with "npm ci"`,
  );
}
