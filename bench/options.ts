import { parseArgs } from 'node:util';
import { numbers, whole } from './numbers.ts';
import { ROWS, type RowName } from './rows/index.ts';
import { BUSY, EARLIER } from './rows/layouts.ts';

/** What the command line asks for. */
export interface Options {
  /** The Node that runs the director and the peers that are Node programs. */
  readonly node: string;
  readonly rounds: number;
  /** How long one measurement lasts. */
  readonly seconds: number;
  /** How long each subject works before the first. */
  readonly warmUpSeconds: number;
  /** Size of one bulk transfer. */
  readonly megabytes: number;
  /** Connections whose memory is weighed. */
  readonly idle: number;
  /** Others that are open, at the far end of that curve. */
  readonly open: number;
  /** The director runs once for each of these numbers of workers. */
  readonly workers: readonly number[];
  readonly only: readonly RowName[];
  /** Where the report goes; undefined: bench/results/DATE-nodeN.md; '': nowhere. */
  readonly out: string | undefined;
}

const NAMES = Object.keys(ROWS).filter(isRow);

const FULL = {
  ...{ rounds: 5, seconds: 4, warmUpSeconds: 10, megabytes: 100 },
  ...{ idle: 5000, open: 50_000, out: undefined },
};
const SHORT = {
  ...{ rounds: 1, seconds: 1, warmUpSeconds: 1, megabytes: 25 },
  ...{ idle: 1000, open: 1000, out: '' },
};

export const USAGE = `npm run bench -- beside [--help]: this version beside another
npm run bench -- checks [--help]: what ten thousand checks cost
npm run bench -- scale [--help]: start and reload with a thousand services
npm run bench -- kernel [--help]: the kernel's forwarding beside ours, on a network of its own
npm run bench -- [--node PATH] [--workers N[,N]] [--rounds N] [--only ROW[,ROW]] [--short] [--out FILE]
  --node     the Node that runs the director and the Node peers (default: this one)
  --workers  the director runs once for each number of workers (default 1)
  --rounds   interleaved rounds (default ${FULL.rounds})
  --only     rows: ${NAMES.join(', ')}
  --short    a look in two minutes: one round, a second a measurement, little bulk
  --out      the report, its charts in a folder beside it
             (default bench/results/DATE-nodeN.md; with --short: none)`;

/** @throws TypeError for what it does not know */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      node: { type: 'string', default: process.execPath },
      workers: { type: 'string', default: '1' },
      rounds: { type: 'string' },
      only: { type: 'string', default: NAMES.join(',') },
      short: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const form = values.short ? SHORT : FULL;
  return {
    ...form,
    node: values.node,
    workers: numbers('workers', values.workers, 64),
    rounds: whole('rounds', values.rounds ?? String(form.rounds), 100),
    only: list(values.only).map(row),
    out: values.out ?? form.out,
  };
}

/** As many idle connections as there is room for.
 *  @param room  connections that a proxy can carry at once */
export function within(options: Options, room: number): Options {
  const most = (others: number) => Math.max(1, room - BUSY - others);
  return {
    ...options,
    idle: Math.min(options.idle, most(EARLIER)),
    open: Math.min(options.open, most(0)),
  };
}

function list(text: string): readonly string[] {
  return [...new Set(text.split(','))];
}

function row(name: string): RowName {
  if (isRow(name)) return name;
  throw new TypeError(`--only ${name}: expected rows of ${NAMES.join(', ')}`);
}

function isRow(name: string): name is RowName {
  return Object.hasOwn(ROWS, name);
}
