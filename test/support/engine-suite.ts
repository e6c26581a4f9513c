import type { Test } from 'tap';
import t from 'tap';
import type { Engine } from '../../lib/model/engine.ts';
import { ages } from './engine-cases/ages.ts';
import { bulk } from './engine-cases/bulk.ts';
import { cut } from './engine-cases/cut.ts';
import { dialling } from './engine-cases/dialling.ts';
import { ends } from './engine-cases/ends.ts';
import { listening } from './engine-cases/listening.ts';
import { persistence } from './engine-cases/persistence.ts';
import { table } from './engine-cases/table.ts';
import { thresholds } from './engine-cases/thresholds.ts';
import { timeouts } from './engine-cases/timeouts.ts';
import { traffic } from './engine-cases/traffic.ts';
import { udpDns } from './engine-cases/udp-dns.ts';
import { udpExchanges } from './engine-cases/udp-exchanges.ts';
import { udpFailover } from './engine-cases/udp-failover.ts';
import { udpSessions } from './engine-cases/udp-sessions.ts';
import { udpTable } from './engine-cases/udp-table.ts';
import { type Rig, rigFor } from './engine-rig.ts';

/** One behaviour that every engine must show; its key in {@link CASES} says which. */
export type EngineCase = (t: Test, rig: Rig) => Promise<void>;

const CASES = {
  ...ends,
  ...bulk,
  ...dialling,
  ...cut,
  ...ages,
  ...thresholds,
  ...persistence,
  ...table,
  ...listening,
  ...timeouts,
  ...traffic,
  ...udpSessions,
  ...udpExchanges,
  ...udpDns,
  ...udpFailover,
  ...udpTable,
} as const satisfies Record<string, EngineCase>;

export type EngineCaseName = keyof typeof CASES;

interface Options {
  create(): Engine;
  /** Cases that this engine cannot show, each with the reason. */
  readonly skip?: Partial<Readonly<Record<EngineCaseName, string>>>;
  /** Options of every case, where not all machines can run them. */
  readonly where?: { readonly skip?: string };
}

/** Runs every case against a new engine each; some at once, for most of them wait. */
export function engineSuite(
  name: string,
  { create, skip = {}, where = {} }: Options,
): void {
  t.jobs = 4;
  for (const [title, run] of Object.entries<EngineCase>(CASES)) {
    const why = (skip as Readonly<Record<string, string>>)[title];
    t.test(
      `${name}: ${title}`,
      why === undefined ? where : { skip: why },
      async (t) => {
        await run(t, rigFor(t, create()));
      },
    );
  }
}
