import { endpoint } from '../../../model/address.ts';
import type { ServerEntry } from '../../../model/engine.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import { canonical, hostAddresses } from '../../host-addresses.ts';

const ANY: readonly string[] = ['0.0.0.0', '::'];

/** Why the server must not be dialled: it is the service's own listener, and each dial would come
 *  back as a client until no descriptor is left. Undefined: it may be. */
export function leadsBack(
  service: Pick<VirtualService, 'address' | 'port'>,
  { address, port, method }: ServerEntry,
): string | undefined {
  const own = canonical(service.address ?? '');
  if (port !== service.port || !answers(own, canonical(address))) return undefined;
  const where = `${endpoint(address, port)} is the virtual service itself`;
  return method === 'masq'
    ? `${where}: give the server another address or port`
    : `${where}, since ${method} keeps the service's port: write masq to use the server's own`;
}

/** Whether a listener on the one address takes what is sent to the other. */
function answers(own: string, address: string): boolean {
  if (own === address) return true;
  if (!ANY.includes(own) || own.includes(':') !== address.includes(':')) return false;
  return address.startsWith('127.') || hostAddresses().has(address);
}
