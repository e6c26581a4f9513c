import { isIPv6 } from 'node:net';
import { endpoint } from '../model/address.ts';
import type { RealStatus, ServiceStatus, StatusDocument } from '../model/status.ts';
import { destinationPort, type ForwardingMethod } from '../model/virtual-service.ts';

/** Header of `ipvsadm -Ln`, with the version and table size of today's kernels. Scripts skip
 *  three lines. Source: ipvsadm 1.31, observed; linux/ip_vs.h. */
const HEADER = [
  'IP Virtual Server version 1.2.1 (size=4096)',
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
];

const FORWARD: Readonly<Record<ForwardingMethod, string>> = {
  gate: 'Route',
  masq: 'Masq',
  ipip: 'Tunnel',
};

/** The status in the shape of `ipvsadm -Ln`, for the scripts that read it: what IPVS would list
 *  if it did the work. A failed service is missing, as one is that `ipvsadm -A` refused. */
export function formatIpvsadm(document: StatusDocument): string {
  const lines = [...HEADER];
  const services = document.services.filter(({ state }) => state !== 'failed');
  for (const service of sorted(services, serviceKey)) {
    lines.push(serviceLine(service));
    const inForce = service.reals.filter((real) => real.inForce);
    for (const real of sorted(inForce, (real) => realKey(service, real)))
      lines.push(realLine(service, real));
  }
  return `${lines.join('\n')}\n`;
}

function serviceLine(service: ServiceStatus): string {
  const name =
    service.address === null
      ? `FWM  ${service.fwmark}${isMarkOfIPv6(service) ? ' IPv6' : ''}`
      : `${service.protocol.toUpperCase().padEnd(4)} ${endpoint(service.address, service.port ?? 0)}`;
  return `${name} ${service.scheduler}${persistence(service)}`;
}

/** The mask is printed only where it is not the whole address. */
function persistence({ persistent, netmask }: ServiceStatus): string {
  if (!persistent) return '';
  const whole = netmask === null || netmask === '255.255.255.255' || netmask === '128';
  return ` persistent ${persistent}${whole ? '' : ` mask ${netmask}`}`;
}

/** `  -> %-28s %-7s %-6d %-10u %-10u`, blanks at the end included. */
function realLine(service: ServiceStatus, real: RealStatus): string {
  return [
    `  -> ${endpoint(real.address, portOf(service, real)).padEnd(28)}`,
    FORWARD[real.method].padEnd(7),
    String(real.weight).padEnd(6),
    String(real.activeConnections).padEnd(10),
    String(real.inactiveConnections).padEnd(10),
  ].join(' ');
}

/** By which the kernel knows it: of masq without a port, as ldirectord adds it, 0, which goes on to the one
 *  that the client asked for. Source: ipvsadm(8), "-r"; ldirectord, observed. */
function portOf(service: ServiceStatus, real: RealStatus): number {
  if (real.method === 'masq') return real.port;
  return destinationPort({ port: service.port ?? undefined }, real);
}

function isMarkOfIPv6({ reals }: ServiceStatus): boolean {
  return reals.some(({ address }) => isIPv6(address));
}

/** ipvsadm's order: marks last, then IPv4 before IPv6, TCP before UDP, address, port. */
function serviceKey(service: ServiceStatus): string {
  const { fwmark, protocol, address, port } = service;
  const family = address === null ? isMarkOfIPv6(service) : isIPv6(address);
  return [
    hex(fwmark ?? 0, 8),
    family ? '6' : '4',
    protocol,
    addressKey(address ?? ''),
    hex(port ?? 0, 4),
  ].join();
}

function realKey(service: ServiceStatus, real: RealStatus): string {
  return addressKey(real.address) + hex(portOf(service, real), 4);
}

/** Text that sorts as the address does as a number. */
function addressKey(address: string): string {
  if (!address.includes(':'))
    return address
      .split('.')
      .map((octet) => hex(Number(octet), 2))
      .join('');
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = Array(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after]
    .map((group) => group.padStart(4, '0'))
    .join('');
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function sorted<T>(things: readonly T[], key: (thing: T) => string): readonly T[] {
  const keyed = things.map((thing) => ({ thing, key: key(thing) }));
  keyed.sort((a, b) => Number(a.key > b.key) - Number(a.key < b.key));
  return keyed.map(({ thing }) => thing);
}
