import type { ServiceOutcome, ServiceTable } from '../../../model/engine.ts';
import { joined, NOTHING_LISTED } from '../../../model/listed.ts';
import type { Listed, Traffic } from '../../../model/traffic.ts';
import type { Turns } from '../../turns.ts';
import type { HomeFallbacks } from '../home-fallback.ts';
import type { Nft } from '../nft.ts';
import { Connections } from './connections.ts';
import { PersistingClients } from './persistence.ts';

interface Parties {
  readonly nft: Nft;
  /** Our table's name. */
  readonly name: string;
  /** Words before the program conntrack. */
  readonly enter: readonly string[];
  readonly home: HomeFallbacks;
  readonly turns: Turns;
  /** What is in force: the table, and what was said of each service. */
  force(): readonly [ServiceTable, readonly ServiceOutcome[]];
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** What the kernel leads to servers, and what goes to a fallback on this host. */
export function createTraffic(parties: Parties): Traffic {
  const { nft, name, enter, home, turns, force, signal } = parties;
  const table = () => {
    const [all, outcomes] = force();
    return all.filter((_, row) => outcomes[row]?.state !== 'failed');
  };
  const inTurn = <T>(work: () => Promise<T>) => turns.take(work);
  const program = [...enter, 'conntrack'];
  const flows = new Connections({ program, table, signal });
  const clients = new PersistingClients({ nft, name, table, inTurn, signal });
  return {
    connections: (filter, most) =>
      both(flows.list(filter, most), home.traffic?.connections(filter, most), most),
    end: (filter) => sum(flows.end(filter), home.traffic?.end(filter)),
    persistence: (filter, most) =>
      both(clients.list(filter, most), home.traffic?.persistence(filter, most), most),
    forget: (filter) => sum(clients.forget(filter), home.traffic?.forget(filter)),
  };
}

async function both<T>(
  own: Promise<Listed<T>>,
  others: Promise<Listed<T>> | undefined,
  most: number,
): Promise<Listed<T>> {
  return joined(await Promise.all([own, others ?? NOTHING_LISTED]), most);
}

async function sum(
  own: Promise<number>,
  others: Promise<number> | undefined,
): Promise<number> {
  const [one, other] = await Promise.all([own, others ?? 0]);
  return one + other;
}
