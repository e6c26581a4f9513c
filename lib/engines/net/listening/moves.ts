import type { ServiceTable } from '../../../model/engine.ts';
import type { Crew } from '../crew/crew.ts';
import type { NetHeritage } from '../heritage.ts';
import { handoversOf } from '../table/handovers.ts';
import type { Ledger } from '../table/ledger.ts';
import type { Listeners } from './listeners.ts';

interface Parties {
  readonly ledger: Ledger;
  readonly listeners: Listeners;
  readonly crew: Crew;
  readonly heritage: NetHeritage;
  readonly workers: number;
  /** A line for the operator. */
  notice(message: string): void;
}

/** Before a table is in force that gives services other workers: these get the listening sockets, so that nobody
 *  is lost who waits there, and then the clients that persist. Costs nothing where none moves. */
export async function prepareMoves(
  table: ServiceTable,
  { ledger, listeners, crew, heritage, workers, notice }: Parties,
): Promise<void> {
  const moving = ledger.moving(table);
  if (moving.size === 0) return;
  const handovers = [...moving].flatMap(([service, home]) => {
    const { port, sockets } = listeners.socketsOf(service);
    const going = handoversOf(sockets, home, workers);
    return going.map((one) => ({ ...one, service, port }));
  });
  if (handovers.length > 0) await crew.handOver(handovers);
  const silent = await heritage.move(moving);
  if (silent > 0)
    notice(
      `${silent} of the worker threads did not answer: clients that persist there are scheduled anew (${[...moving.keys()].join(', ')})`,
    );
}
