import type { ServiceEntry, ServiceOutcome, ServiceTable } from '../../model/engine.ts';
import { isLoopback } from '../../model/loopback.ts';
import { endsAtRemoval } from '../../model/removal.ts';
import { asksSingly, type VirtualService } from '../../model/virtual-service.ts';
import { type Dismissal, endFlows } from './flows.ts';
import { led } from './sources.ts';

/** Programs at once. */
const AT_ONCE = 4;
const QUIET_MS = 60_000;

/** Whose connections end because a server left the table. Of DNS also those of a server that gets
 *  nothing new: its clients would lose every query until they take another port. */
export function dismissals(before: ServiceTable, after: ServiceTable): Dismissal[] {
  const now = new Map(after.map((entry) => [entry.service.id, entry]));
  return before.flatMap((entry) => {
    const { service } = entry;
    const next = now.get(service.id);
    if (next === entry) return [];
    const stay = new Map(next?.servers.map((server) => [server.id, server]));
    return entry.servers
      .filter((server) => {
        const now = stay.get(server.id);
        return now
          ? asksSingly(service) && server.weight > 0 && now.weight === 0
          : endsAtRemoval(server, service, next?.service);
      })
      .filter(({ address }) => !isLoopback(address))
      .map((server) => ({ service, server, except: portsBeside(service, after) }));
  });
}

/** Of a service at every port of its address: the ports that are other services'. */
function portsBeside(
  { id, port, protocol, address }: VirtualService,
  table: ServiceTable,
): ReadonlySet<number> {
  const others = table
    .map(({ service }) => service)
    .filter((one) => one.protocol === protocol && one.address === address);
  return new Set(
    port ? [] : others.flatMap((one) => (one.id !== id && one.port ? one.port : [])),
  );
}

/** Whether connections go on when the service leaves the table. */
export function keeps({ servers }: ServiceEntry): boolean {
  return servers.some(({ onRemoval }) => onRemoval === 'keep');
}

/** Flows of UDP clients that spoke to the address while nothing was led away from it: to nobody, or to
 *  a fallback on this host. A client that goes on from the same port would keep its flow, and be
 *  refused for as long as it does.
 *  @param before    what the table was before
 *  @param said      its outcomes */
export function strays(
  before: ServiceTable,
  said: readonly ServiceOutcome[],
  table: ServiceTable,
  outcomes: readonly ServiceOutcome[],
): Dismissal[] {
  const were = ledAway(before, said);
  const are = ledAway(table, outcomes);
  return table.flatMap(({ service }) => {
    const { id, protocol, address, port = 0 } = service;
    const begins = are.has(id) && !were.has(id);
    if (!begins || protocol !== 'udp' || address === undefined) return [];
    const except = portsBeside(service, table);
    return [{ service, server: { address, port }, except }];
  });
}

/** Ids of the services whose new clients go to another host. */
function ledAway(
  table: ServiceTable,
  outcomes: readonly ServiceOutcome[],
): ReadonlySet<string> {
  return new Set(
    table.flatMap((entry, row) => {
      const leads = led(entry).some(({ weight }) => weight > 0);
      return leads && outcomes[row]?.state === 'carried' ? [entry.service.id] : [];
    }),
  );
}

/** Ends connections, a few at a time. */
export class Dismisser {
  readonly #notice: (message: string) => void;
  #saidAt = -Infinity;

  readonly #enter: readonly string[];

  /** @param notice  is told of a failure, once a minute
   *  @param enter   words before the program's */
  constructor(notice: (message: string) => void, enter: readonly string[]) {
    this.#notice = notice;
    this.#enter = enter;
  }

  async end(dismissals: readonly Dismissal[]): Promise<void> {
    const left = [...dismissals];
    const work = async () => {
      for (let next = left.shift(); next; next = left.shift())
        this.#told(await endFlows(next, this.#enter));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  #told(problem: string | undefined): void {
    const now = performance.now();
    if (problem === undefined || now - this.#saidAt < QUIET_MS) return;
    this.#saidAt = now;
    this.#notice(
      `Connections of a removed server could not be ended (conntrack: ${problem}): they last until they time out. It takes the program conntrack ("apt-get install conntrack")`,
    );
  }
}
