import type { ServiceEntry, ServiceOutcome, ServiceTable } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { type Failure, isMissing } from './convergence.ts';
import { refusedInWords } from './problem.ts';
import { serverKey } from './words.ts';

/** How the kernel carries the service, with what it refused of it. */
export function outcomeOf(
  { service, servers }: ServiceEntry,
  failures: readonly Failure[],
): ServiceOutcome {
  const { id, scheduler } = service;
  const refused = new Set(failures.map(({ call }) => call.server));
  const open = servers.some(
    (server) => server.weight > 0 && !refused.has(serverKey(server)),
  );
  const first = failures[0];
  if (!first) return { id, state: open ? 'carried' : 'idle' };
  const about = first.call.server ? `real server ${first.call.server}: ` : '';
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  const problem = `${about}${refusedInWords(first.said, scheduler)}${more}`;
  const carried = open && !failures.some(isMissing);
  return { id, state: carried ? 'carried' : 'failed', problem };
}

/** Services on their way here of which the kernel took no server. The engine that they come from goes
 *  on with them, and IPVS, which sees packets first, must not hold them before that one.
 *  @param outcomes  in the table's order */
export function refusedArrivals(
  table: ServiceTable,
  outcomes: readonly ServiceOutcome[],
): readonly VirtualService[] {
  return table.flatMap(({ service, arriving }, index) =>
    arriving && outcomes[index]?.state === 'failed' ? [service] : [],
  );
}
