import { BlockList } from 'node:net';
import { endpoint } from '../../model/address.ts';
import type { ServiceEntry } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { canonical, hostAddresses, hostNetworks } from '../host-addresses.ts';
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

const SNAT = 'or set snat = yes in [nftables]';

/** What looks wrong about the way back though no packet has gone yet, with the mend; undefined: nothing
 *  does. Judged by where the servers are: next to the clients they may answer them without this host,
 *  and behind a router that decides.
 *  @param here      addresses of this host, as hostAddresses() has them
 *  @param networks  that it is in, as hostNetworks() has them */
export function returnForesight(
  service: VirtualService,
  here: ReadonlySet<string> = hostAddresses(),
  networks: readonly string[] = hostNetworks(),
): string | undefined {
  if (service.options.snat) return undefined;
  const away = configured(service).filter(
    ({ address }) => !here.has(canonical(address)),
  );
  const within = (network: string) =>
    away.filter(({ address }) => isIn(address, network));
  const near = networks
    .filter((network) => service.address && isIn(service.address, network))
    .flatMap((network) => within(network));
  const far = away.filter(({ address }) => !networks.some((one) => isIn(address, one)));
  const doubts = [
    near.length > 0 &&
      `${named(near)} in the network of ${service.address}, so that clients of that network are answered past this host: give servers a route to them through it, ${SNAT}`,
    far.length > 0 &&
      `${named(far)} in no network of this host: the router on the way there must send the answers through this host, ${SNAT}`,
  ];
  return doubts.filter(Boolean).join('; ') || undefined;
}

function isIn(address: string, network: string): boolean {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const [base = '', bits = ''] = network.split('/');
  if (base.includes(':') !== (family === 'ipv6')) return false;
  const block = new BlockList();
  block.addSubnet(base, Number(bits), family);
  return block.check(address.split('%')[0] ?? '', family);
}

type Server = ReturnType<typeof configured>[number];

/** `10.1.1.21:80 and 10.1.1.22:80 are`. */
function named(servers: readonly Server[]): string {
  const names = [
    ...new Set(servers.map(({ address, port }) => endpoint(address, port))),
  ];
  const last = names.pop() ?? '';
  return names.length === 0 ? `${last} is` : `${names.join(', ')} and ${last} are`;
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
