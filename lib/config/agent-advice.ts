import type { VirtualService } from '../model/virtual-service.ts';
import type { Diagnostic } from './config.ts';

/** Warns of services whose agents can name no share: weights are whole, and half of 1 is 1 too.
 *  @param file  the config's path */
export function adviseOnAgents(
  services: readonly VirtualService[],
  file: string,
): readonly Diagnostic[] {
  return services.flatMap(({ options, reals }) => {
    const [first] = reals;
    const isCoarse = reals.every(({ weight }) => weight <= 1);
    if (options.agentPort === 0 || !first || !isCoarse) return [];
    const message = `an agent's 50% of weight ${first.weight} is ${first.weight} too: expected weights such as 100 where agent-port is set, as in "real = ${first.id} ${first.method} 100"`;
    return [{ file, line: first.line, severity: 'warning', message }];
  });
}
