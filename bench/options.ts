import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  /** The Node that runs the director. */
  readonly node: string;
  readonly rounds: number;
  /** How long one measurement of small requests lasts. */
  readonly seconds: number;
  /** Size of one bulk transfer. */
  readonly megabytes: number;
  /** Names of rows; undefined: all. */
  readonly only: readonly string[] | undefined;
  /** Where the report goes; undefined: bench/results/DATE-nodeN.md. */
  readonly out: string | undefined;
}

export const USAGE = `npm run bench -- checks [--help]: what ten thousand checks cost
npm run bench -- [--node PATH] [--rounds N] [--only ROW[,ROW]] [--short] [--out FILE]
  --node    the Node that runs the director (default: this one)
  --rounds  interleaved rounds (default 5)
  --only    rows: requests, connections, download, upload
  --short   a look in half a minute: two rounds, one second a measurement, little bulk
  --out     the report (default bench/results/DATE-nodeN.md; with --short: none)`;

/** @throws TypeError for what it does not know */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      node: { type: 'string', default: process.execPath },
      rounds: { type: 'string' },
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds ?? (values.short ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new TypeError(
      `--rounds ${values.rounds}: expected a whole number, 1 or more`,
    );
  return {
    node: values.node,
    rounds,
    seconds: values.short ? 1 : 4,
    megabytes: values.short ? 25 : 100,
    only: values.only?.split(','),
    out: values.out ?? (values.short ? '' : undefined),
  };
}
