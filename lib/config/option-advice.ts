import { SHARING, sharesOf } from '../model/shares.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { adviseOnAgents } from './agent-advice.ts';
import type { Findings } from './findings.ts';

/** Warns of what l4director.ini asks for a service and cannot have with what the config says of it. */
export function adviseOnOptions(
  services: readonly VirtualService[],
  findings: Findings,
): void {
  for (const service of services) {
    adviseOnReals(service, findings);
    adviseOnSlowStart(service, findings);
    adviseOnPassive(service, findings);
    adviseOnReserve(service, findings);
    adviseOnAgents(service, findings);
  }
}

function adviseOnReals(
  { line, reals, options }: VirtualService,
  findings: Findings,
): void {
  if (reals.length === 0 && options.realsFrom.length === 0)
    findings.warn(line, 'the service has no real server');
}

function adviseOnPassive(
  { id, line, checktype, options }: VirtualService,
  findings: Findings,
): void {
  if (options.passive === undefined || checktype !== 'off') return;
  findings.warn(
    line,
    `passive does nothing for ${id}: with checktype=off no check would bring a server back; expected another one, as in "checktype = on", which brings it back when passive-hold is over`,
  );
}

function adviseOnReserve(
  { id, line, checktype, reals }: VirtualService,
  findings: Findings,
): void {
  const first = reals.find(({ role }) => role !== undefined);
  if (checktype !== 'off' || !first) return;
  findings.warn(
    line,
    `${first.role}s do nothing for ${id}: with checktype=off nobody is known to be up who could step in; expected another one, as in "checktype = connect"`,
  );
}

function adviseOnSlowStart(
  { id, line, scheduler, options }: VirtualService,
  findings: Findings,
): void {
  if (options.slowStartMs === undefined || sharesOf(scheduler)) return;
  findings.warn(
    line,
    `slow-start does nothing for ${id}: with the scheduler ${scheduler} its servers have no shares that could grow; expected one of ${SHARING.join(', ')}, as in "scheduler = wrr"`,
  );
}
