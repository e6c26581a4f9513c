import { endpoint } from '../../../model/address.ts';
import type { ServerEntry } from '../../../model/engine.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import { canonical, hostAddresses } from '../../host-addresses.ts';

const ANY: readonly string[] = ['0.0.0.0', '::'];

type Called = Pick<VirtualService, 'id' | 'address' | 'port'>;

/** Why the server must not be dialled: it is the listener of the service, or of one whose clients come to it, and each
 *  dial would come back as a client until no descriptor is left. Undefined: it may be.
 *  @param callers  those whose clients come to the service, be it over others */
export function leadsBack(
  service: Omit<Called, 'id'>,
  { address, port, method }: ServerEntry,
  callers: readonly Called[],
): string | undefined {
  const isAt = (called: Omit<Called, 'id'>) =>
    port === called.port &&
    answers(canonical(called.address ?? ''), canonical(address));
  const caller = callers.find(isAt);
  if (!caller && !isAt(service)) return undefined;
  const what = caller
    ? `${caller.id}, whose clients come here`
    : 'the virtual service itself';
  const where = `${endpoint(address, port)} is ${what}`;
  return method === 'masq'
    ? `${where}: give the server another address or port`
    : `${where}, since ${method} keeps the service's port: write masq to use the server's own`;
}

/** Whether a listener on the one address takes what is sent to the other.
 *  @param isOwn  whether this host has the address */
export function answers(
  own: string,
  address: string,
  isOwn: (address: string) => boolean = (one) => hostAddresses().has(one),
): boolean {
  if (own === address) return true;
  if (!ANY.includes(own) || own.includes(':') !== address.includes(':')) return false;
  return address.startsWith('127.') || isOwn(address);
}
