import type { RealsFrom } from '../model/reals-from.ts';
import type { RealServer, VirtualService } from '../model/virtual-service.ts';

/** Of networks that are nobody's, so of no interface of this host. Source: RFC 5737, RFC 3849. */
const SOMEWHERE = { inet: '192.0.2.0', inet6: '2001:db8::' } as const;

/** The service with one real server for each of its names, somewhere, in place of those that they have now. It is
 *  the same for as long as the config is, answered or not. */
export function asWritten(service: VirtualService): VirtualService {
  const { realsFrom } = service.options;
  if (realsFrom.length === 0) return service;
  const named = realsFrom.map((from) => somewhere(service, from));
  const own = service.reals.filter(({ from }) => from === undefined);
  return { ...service, reals: [...named, ...own] };
}

function somewhere(
  service: VirtualService,
  { name, method, port = 1, weight = 1 }: RealsFrom,
): RealServer {
  const address = SOMEWHERE[service.family];
  return {
    ...{ id: name, line: 0, address, port, method, weight },
    ...{ lower: 0, upper: 0, from: name },
  };
}
