import { endpoint } from '../../model/address.ts';
import type { ServiceEntry } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { canonical } from '../host-addresses.ts';
import { configured } from './compile.ts';
import { led, type OpenOf } from './sources.ts';

/** So many connections in a row without an answer are no chance. */
const IN_A_ROW = 3;

/** How it is known that what a service's servers answer passes this host, in words; undefined: it is
 *  not. Of a server elsewhere it cannot be seen from here which way it answers.
 *  @param here      addresses of this host, as hostAddresses() has them
 *  @param forwards  whether this host forwards packets of the service's family */
export function returnPath(
  service: VirtualService,
  here: ReadonlySet<string>,
  forwards: boolean,
): string | undefined {
  if (!forwards) return undefined;
  if (service.options.snat) return 'snat is on';
  const servers = configured(service);
  const local = servers.every(({ address }) => here.has(canonical(address)));
  return servers.length > 0 && local ? 'its real servers are on this host' : undefined;
}

/** That servers which are up do not answer through this host, and the mend; undefined: nothing looks
 *  like that. */
export function returnDoubt(entry: ServiceEntry, open: OpenOf): string | undefined {
  const silent = led(entry).filter(
    (server) => server.weight > 0 && open(entry, server).silent >= IN_A_ROW,
  );
  if (silent.length === 0) return undefined;
  const names = silent.map(({ address, port }) => endpoint(address, port)).join(', ');
  return `no answer of ${names} to clients passes this host: the way from there to the clients must lead through it, as with "ip route add default via" its address; or set snat = yes in [nftables]`;
}
