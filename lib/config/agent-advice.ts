import type { VirtualService } from '../model/virtual-service.ts';
import type { Findings } from './findings.ts';

/** Warns of a service whose agents can name no share: weights are whole, and half of 1 is 1 too. */
export function adviseOnAgents(
  { options, reals }: VirtualService,
  findings: Findings,
): void {
  const listed = reals.filter(({ role }) => role === undefined);
  const [first] = listed;
  const isCoarse = listed.every(({ weight }) => weight <= 1);
  if (options.agentPort === 0 || !first || !isCoarse) return;
  findings.warn(
    first.line,
    `an agent's 50% of weight ${first.weight} is ${first.weight} too: expected weights such as 100 where agent-port is set, as in "real = ${first.id} ${first.method} 100"`,
  );
}
