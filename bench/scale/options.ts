import { parseArgs } from 'node:util';
import { numbers, whole } from '../numbers.ts';

/** What the command line asks for. */
export interface ScaleOptions {
  readonly node: string;
  readonly services: number;
  /** The director runs once for each number of workers. */
  readonly workers: readonly number[];
  readonly rounds: number;
  /** Where the report goes; undefined: bench/results/DATE-scale-nodeN.md; '': nowhere. */
  readonly out: string | undefined;
}

/** Real servers of each service. */
export const REALS = 10;

export const SCALE_USAGE = `npm run bench -- scale [--node PATH] [--services N] [--workers N[,N]] [--rounds N] [--short] [--out FILE]
  --services  virtual services of ${REALS} real servers each, up to 5,000 (default 1,000)
  --workers   once for each number of workers (default 1,2)
  --rounds    of starts, and twice as many reloads (default 5)
  --short     a look: 100 services, one worker, one round; writes no file
  --out       the report (default bench/results/DATE-scale-nodeN.md)`;

/** @throws TypeError for what it does not know */
export function readScaleOptions(argv: readonly string[]): ScaleOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      node: { type: 'string', default: process.execPath },
      services: { type: 'string' },
      workers: { type: 'string' },
      rounds: { type: 'string' },
      short: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const { short } = values;
  return {
    node: values.node,
    services: whole('services', values.services ?? (short ? '100' : '1000'), 5000),
    workers: numbers('workers', values.workers ?? (short ? '1' : '1,2'), 64),
    rounds: whole('rounds', values.rounds ?? (short ? '1' : '5'), 100),
    out: values.out ?? (short ? '' : undefined),
  };
}
