import type { ServiceEntry, ServiceOutcome, ServiceTable } from '../../model/engine.ts';
import { type Dismissal, endFlows } from './flows.ts';
import { isLoopback } from './loopback.ts';

/** Programs at once. */
const AT_ONCE = 4;
const QUIET_MS = 60_000;

/** Whose connections end because a server left the table. */
export function dismissals(before: ServiceTable, after: ServiceTable): Dismissal[] {
  const now = new Map(after.map((entry) => [entry.service.id, entry]));
  return before.flatMap((entry) => {
    const next = now.get(entry.service.id);
    if (next === entry) return [];
    const stay = new Set(next?.servers.map(({ id }) => id));
    return entry.servers
      .filter(({ id, onRemoval }) => onRemoval === 'reset' && !stay.has(id))
      .filter(({ address }) => !isLoopback(address))
      .map((server) => ({ service: entry.service, server }));
  });
}

/** Whether connections go on when the service leaves the table. */
export function keeps({ servers }: ServiceEntry): boolean {
  return servers.some(({ onRemoval }) => onRemoval === 'keep');
}

/** Flows of UDP clients that spoke to the address before anything was led away from it. A client that
 *  goes on from the same port would keep its flow, and be refused for as long as it does.
 *  @param before  what was said of the services before */
export function strays(
  table: ServiceTable,
  before: readonly ServiceOutcome[],
  outcomes: readonly ServiceOutcome[],
): Dismissal[] {
  const were = new Set(
    before.flatMap(({ id, state }) => (state === 'carried' ? [id] : [])),
  );
  return table.flatMap(({ service }, row) => {
    const { id, protocol, address, port = 0 } = service;
    const begins = outcomes[row]?.state === 'carried' && !were.has(id);
    if (!begins || protocol !== 'udp' || address === undefined) return [];
    return [{ service, server: { address, port } }];
  });
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
