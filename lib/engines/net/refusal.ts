import { nearest } from '../../model/nearest.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { SCHEDULERS } from '../../schedulers/index.ts';

/** Why a process with sockets cannot carry the service, and what would; undefined when it can. */
export function refusal(service: VirtualService): string | undefined {
  if (service.protocol === 'fwm')
    return `firewall mark ${service.fwmark} is no address to listen on; give the service one, as in "virtual=10.1.1.19:80"`;
  if (!service.port)
    return 'port 0 (every port) cannot be listened on; name the ports, one virtual service each';
  return unknownScheduler(service.scheduler);
}

function unknownScheduler(name: string): string | undefined {
  if (Object.hasOwn(SCHEDULERS, name)) return undefined;
  const names = Object.keys(SCHEDULERS);
  const near = nearest(name, names);
  const hint = near ? `did you mean "${near}"?` : `expected one of ${names.join(' ')}`;
  return `unknown scheduler "${name}"; ${hint}`;
}
