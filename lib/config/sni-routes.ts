import { didYouMean } from '../model/nearest.ts';
import type { SniRoute, VirtualService } from '../model/virtual-service.ts';
import type { Findings } from './findings.ts';

/** Refuses names that lead to what cannot take over a connection: to no service of the config, to the one
 *  that they stand in, to one that has names of its own, or to one that the engine `net` does not carry.
 *  @param lineOf  of the key in the section of the service with that id */
export function refuseRoutes(
  services: readonly VirtualService[],
  lineOf: (id: string) => number | undefined,
  findings: Findings,
): void {
  const known = new Map(services.map((service) => [service.id, service]));
  for (const service of services) {
    const line = lineOf(service.id);
    if (line === undefined) continue;
    for (const target of new Set(service.options.sni.map(targetOf))) {
      const problem = problemOf(service, target, known);
      if (problem !== undefined) findings.error(line, `sni: ${problem}`);
    }
  }
}

function targetOf({ service }: SniRoute): string {
  return service;
}

function problemOf(
  from: VirtualService,
  target: string,
  known: ReadonlyMap<string, VirtualService>,
): string | undefined {
  const example = 'as in "sni = www.example.com 10.1.1.19:8443"';
  if (target === from.id)
    return `${target} is the service itself: expected another one, ${example}; names that are not listed come to its own servers anyhow`;
  const to = known.get(target);
  if (to === undefined) {
    const ids = [...known.keys()].filter((id) => id.startsWith('tcp:'));
    return `there is no service ${target}${didYouMean(target, ids) || `: expected one of the config over TCP, ${example}`}`;
  }
  if (to.options.sni.length > 0)
    return `${target} has names of its own: expected a service without, ${example}; a name is looked up once, so write here where each leads to`;
  for (const { id, options } of [from, to])
    if (options.engine !== 'net' && (id === target || options.engine !== 'auto'))
      return `${id} has engine = ${options.engine}: expected net for both services, as only a process that holds the connection can lead it on`;
  return undefined;
}
