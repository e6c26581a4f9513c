import { parseArgs } from 'node:util';
import { lacks } from '../needs.ts';
import { whole } from '../numbers.ts';
import { isRow, type KernelRowName, ROW_NAMES } from './rows.ts';

/** What the command line asks for. */
export interface KernelOptions {
  /** The Node that runs the directors. */
  readonly node: string;
  readonly rounds: number;
  /** How long one measurement lasts. */
  readonly seconds: number;
  /** How long each subject works before the first. */
  readonly warmUpSeconds: number;
  /** Size of one transfer. */
  readonly megabytes: number;
  readonly only: readonly KernelRowName[];
  /** Where the report goes; undefined: bench/results/DATE-nodeN-kernel.md; '': nowhere. */
  readonly out: string | undefined;
}

const FULL = {
  ...{ rounds: 5, seconds: 4, warmUpSeconds: 10, megabytes: 100 },
  out: undefined,
};
const SHORT = { rounds: 1, seconds: 1, warmUpSeconds: 1, megabytes: 25, out: '' };

export const KERNEL_USAGE = `npm run bench -- kernel [--node PATH] [--rounds N] [--only ROW[,ROW]] [--short] [--out FILE]
  --node    the Node that runs the directors (default: this one)
  --rounds  interleaved rounds (default ${FULL.rounds})
  --only    rows: ${ROW_NAMES.join(', ')}
  --short   a look in half a minute: one round, a second a measurement; writes no file
  --out     the report, its charts in a folder beside it
            (default bench/results/DATE-nodeN-kernel.md)
  It takes root, for it runs in network namespaces of its own.`;

/** @throws TypeError for what it does not know */
export function readKernelOptions(argv: readonly string[]): KernelOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      node: { type: 'string', default: process.execPath },
      rounds: { type: 'string' },
      only: { type: 'string', default: ROW_NAMES.join(',') },
      short: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const form = values.short ? SHORT : FULL;
  return {
    ...form,
    node: values.node,
    rounds: whole('rounds', values.rounds ?? String(form.rounds), 100),
    only: [...new Set(values.only.split(','))].map(row),
    out: values.out ?? form.out,
  };
}

function row(name: string): KernelRowName {
  if (isRow(name)) return name;
  throw new TypeError(`--only ${name}: expected rows of ${ROW_NAMES.join(', ')}`);
}

/** Why it cannot run here, with the mend; undefined: it can.
 *  @param uid  of the user that runs it */
export function kernelObstacle(uid: number | undefined): string | undefined {
  if (uid !== 0)
    return 'it makes network namespaces, which takes root: "sudo npm run bench -- kernel"';
  const mend = lacks('nginx', 'wrk', 'ip', 'nft', 'conntrack');
  return mend && `programs are missing: ${mend}`;
}
