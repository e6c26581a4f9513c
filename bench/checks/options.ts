import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface CheckOptions {
  readonly node: string;
  readonly servers: number;
  readonly intervalMs: number;
  /** Intervals that are measured, after two to warm up. */
  readonly rounds: number;
  /** Where the report goes; undefined: bench/results/DATE-checks-nodeN.md; '': nowhere. */
  readonly out: string | undefined;
}

export const CHECKS_USAGE = `npm run bench -- checks [--node PATH] [--servers N] [--interval S] [--rounds N] [--short] [--out FILE]
  --servers   real servers, up to 20,000 (default 10,000), 100 to a virtual service
  --interval  checkinterval in whole seconds (default 10)
  --rounds    intervals that are measured, 2 or more (default 2)
  --short     a look in a quarter of a minute: 1,000 servers every 2 s; writes no file
  --out       the report (default bench/results/DATE-checks-nodeN.md)`;

/** @throws TypeError for what it does not know */
export function readCheckOptions(argv: readonly string[]): CheckOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      node: { type: 'string', default: process.execPath },
      servers: { type: 'string' },
      interval: { type: 'string' },
      rounds: { type: 'string', default: '2' },
      short: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const { short } = values;
  return {
    node: values.node,
    servers: whole(
      'servers',
      values.servers ?? (short ? '1000' : '10000'),
      100,
      20_000,
    ),
    intervalMs:
      1000 * whole('interval', values.interval ?? (short ? '2' : '10'), 1, 3600),
    rounds: whole('rounds', values.rounds, 2, 1000),
    out: values.out ?? (short ? '' : undefined),
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new TypeError(
    `--${name} ${text}: expected a whole number from ${least} to ${most}`,
  );
}
