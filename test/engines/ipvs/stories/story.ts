import type { Moment } from '../differences.ts';

/** What happens to both directors, and the table that both must come to. */
export interface Step {
  readonly name: string;
  readonly moment: Moment;
  /** The config from now on. */
  readonly config?: string;
  /** Calls that somebody else makes on both tables, before anything else happens. */
  readonly foreign?: readonly string[];
  /** Servers that die, and that come back, by `ADDRESS:PORT` as configured. */
  readonly down?: readonly string[];
  readonly up?: readonly string[];
  /** As {@link IpvsTable.rows} gives it. */
  readonly rows: readonly string[];
  /** What a defect of ldirectord makes of it. */
  readonly theirs?: readonly string[];
  /** How many servers are checked. */
  readonly servers: number;
}

export interface Story {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** The last step of a story that leaves nothing. */
export const STOP = { name: 'the end', moment: 'stop', rows: [], servers: 0 } as const;

/** Two servers and a fallback. */
export const PAIR = `virtual=10.254.0.1:80
    real=10.1.1.21:80 masq 5
    real=10.1.1.22:8080 masq
    fallback=127.0.0.1:80 masq
    scheduler=wlc
    CHECK
`;

/** Its rows.
 *  @param first   weight of the server; `-`: it is not there
 *  @param second  of the other one */
export function pair(first: string, second: string, ...others: readonly string[]) {
  const real = (place: string, weight: string) =>
    weight === '-' ? [] : [`  ${place} Masq ${weight} u:0 l:0`];
  return [
    'TCP  10.254.0.1:80 wlc',
    ...real('10.1.1.21:80', first),
    ...real('10.1.1.22:8080', second),
    ...others,
  ];
}

/** The row of its fallback. */
export const FALLBACK = '  127.0.0.1:80 Masq 1 u:0 l:0';

/** A section of a config. */
export const section = (virtual: string, real: string, ...lines: readonly string[]) =>
  `${virtual}\n    ${real}\n${lines.map((line) => `    ${line}\n`).join('')}    CHECK\n\n`;
