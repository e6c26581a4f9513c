import { endpoint } from '../../model/address.ts';
import type { ServerEntry } from '../../model/engine.ts';
import type { ForwardingMethod, VirtualService } from '../../model/virtual-service.ts';

/** The service as ipvsadm lists it; see {@link Listing}. */
export function serviceKey(service: VirtualService): string {
  const { protocol, address, port, fwmark, family } = service;
  if (address === undefined) return `FWM ${fwmark}${family === 'inet6' ? ' IPv6' : ''}`;
  return `${protocol.toUpperCase()} ${endpoint(address, port ?? 0)}`;
}

/** The real server as ipvsadm lists it, and takes it behind `-r`. */
export function serverKey({ address, port }: ServerEntry): string {
  return endpoint(address, port);
}

/** Which service a call is about. Source: ipvsadm(8). */
export function serviceWords(service: VirtualService): readonly string[] {
  const { protocol, address, port, fwmark, family } = service;
  if (address === undefined)
    return ['-f', String(fwmark), ...(family === 'inet6' ? ['-6'] : [])];
  return [protocol === 'udp' ? '-u' : '-t', endpoint(address, port ?? 0)];
}

/** How a service schedules: what stands behind its name in `-A` and `-E`. The order is
 *  ldirectord's. */
export function scheduleWords(service: VirtualService): readonly string[] {
  const { scheduler, persistent, netmask, schedflags } = service;
  const mask = netmask === undefined ? [] : ['-M', netmask];
  return [
    ...(isOnePacket(service) ? ['-o'] : []),
    '-s',
    scheduler,
    ...(persistent === undefined ? [] : ['-p', String(persistent), ...mask]),
    ...(schedflags === undefined ? [] : ['-b', schedflags]),
  ];
}

/** Only datagrams can be scheduled one by one. */
export function isOnePacket({ ops, protocol }: VirtualService): boolean {
  return ops && protocol === 'udp';
}

const METHODS: Readonly<Record<ForwardingMethod, string>> = {
  gate: '-g',
  masq: '-m',
  ipip: '-i',
};

/** A real server's part in `-a` and `-e`. One of weight 0 takes no new connection, so it has
 *  no thresholds, as with ldirectord. */
export function serverWords(server: ServerEntry): readonly string[] {
  const { weight, upper, lower, method } = server;
  const thresholds = weight === 0 ? [] : ['-x', String(upper), '-y', String(lower)];
  const forwarding = [METHODS[method], '-w', String(weight)];
  return [...thresholds, '-r', serverKey(server), ...forwarding];
}
