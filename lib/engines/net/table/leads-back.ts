import { endpoint } from '../../../model/address.ts';
import type { ServerEntry } from '../../../model/engine.ts';

/** Why a server must not be dialled that leads back to the service, and how to mend it: each dial would come back as a
 *  client until no descriptor is left.
 *  @param service  the id of the one that has the server
 *  @param to       and of the one that takes what is sent there */
export function leadsBack(
  service: string,
  { address, port, method }: ServerEntry,
  to: string,
): string {
  const what =
    to === service ? 'the virtual service itself' : `${to}, whose clients come here`;
  const where = `${endpoint(address, port)} is ${what}`;
  return method === 'masq'
    ? `${where}: give the server another address or port`
    : `${where}, since ${method} keeps the service's port: write masq and another port, or give the server another address`;
}
