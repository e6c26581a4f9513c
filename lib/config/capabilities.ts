import { checkTypeRow } from '../checks/index.ts';
import type { Capability } from '../model/capability.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import type { Config } from './config.ts';

/** Below it a port needs a right. Source: ip(7). */
const FIRST_FREE_PORT = 1024;

/** Whether a service needs it; of a mark the kernel alone can forward. */
const NEEDS: Readonly<Record<Capability, (service: VirtualService) => boolean>> = {
  CAP_NET_BIND_SERVICE: ({ port }) => isLow(port),
  CAP_NET_ADMIN: ({ address, options }) =>
    address === undefined || options.engine !== 'net' || options.capture,
  CAP_NET_RAW: ({ checktype, protocol }) => {
    const word = typeof checktype === 'number' ? 'connect' : checktype;
    return checkTypeRow(word, protocol).package === 'net-ping';
  },
};

/** What of root's rights a config needs, and what of it needs each: a service's id, the page, or where
 *  peers are heard. */
export function capabilitiesFor({
  virtuals,
  options,
}: Pick<Config, 'virtuals' | 'options'>): ReadonlyMap<Capability, string> {
  const needed = new Map<Capability, string>();
  for (const [name, needs] of Object.entries(NEEDS)) {
    const service = virtuals.find(needs);
    if (service) needed.set(name as Capability, service.id);
  }
  const others = { 'the page': options.web, '[peer] listen': options.peer };
  for (const [who, place] of Object.entries(others))
    if (isLow(place?.listen.port) && !needed.has('CAP_NET_BIND_SERVICE'))
      needed.set('CAP_NET_BIND_SERVICE', who);
  return needed;
}

function isLow(port: number | undefined): boolean {
  return port !== undefined && port > 0 && port < FIRST_FREE_PORT;
}
