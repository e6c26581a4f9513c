import type { Family } from '../../model/address.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { canonical } from '../host-addresses.ts';
import { ct, type Json, meta, payload } from './json.ts';
import { bare } from './names.ts';

/** A family in nft's words. */
export interface FamilyWords {
  readonly ip: 'ip' | 'ip6';
  readonly nfproto: 'ipv4' | 'ipv6';
  readonly type: 'ipv4_addr' | 'ipv6_addr';
}

export const FAMILIES: Readonly<Record<Family, FamilyWords>> = {
  inet: { ip: 'ip', nfproto: 'ipv4', type: 'ipv4_addr' },
  inet6: { ip: 'ip6', nfproto: 'ipv6', type: 'ipv6_addr' },
};

export type Service = Pick<VirtualService, 'protocol' | 'address' | 'port' | 'fwmark'>;
export type Server = { readonly address: string; readonly port: number };

/** A column of a key: its type, where a packet has it, and what it is for a service. */
export interface Column<Of> {
  readonly type: string;
  readonly packet: Json;
  readonly value: (of: Of) => Json;
}

/** How a kind of service is told by a packet (`service`), by the first packet of a flow that was led
 *  to a server (`opened`), by any packet of it (`flow`), and which of its servers it was (`server`,
 *  further columns). */
export interface Shape {
  readonly service: (family: FamilyWords) => readonly Column<Service>[];
  readonly opened: (family: FamilyWords) => readonly Column<Service>[];
  readonly flow: (family: FamilyWords) => readonly Column<Service>[];
  readonly server: (family: FamilyWords) => readonly Column<Server>[];
}

const address = ({ type, ip }: FamilyWords): Column<Service> => ({
  type,
  packet: payload(ip, 'daddr'),
  value: (service) => plain(service.address ?? ''),
});
const asked = ({ type, ip }: FamilyWords): Column<Service> => ({
  type,
  packet: ct(`${ip} daddr`, 'original'),
  value: (service) => plain(service.address ?? ''),
});
const protocol: Column<Service> = {
  type: 'inet_proto',
  packet: meta('l4proto'),
  value: (service) => service.protocol,
};
const port: Column<Service> = {
  type: 'inet_service',
  packet: payload('th', 'dport'),
  value: (service) => service.port ?? 0,
};
const askedPort: Column<Service> = { ...port, packet: ct('proto-dst', 'original') };
const mark: Column<Service> = {
  type: 'mark',
  packet: meta('mark'),
  value: (service) => service.fwmark ?? 0,
};
const answering = ({ type, ip }: FamilyWords): Column<Server> => ({
  type,
  packet: ct(`${ip} saddr`, 'reply'),
  value: (server) => plain(server.address),
});
const answeringPort: Column<Server> = {
  type: 'inet_service',
  packet: ct('proto-src', 'reply'),
  value: (server) => server.port,
};

/** In the order in which they are looked for, which is the kernel's IPVS's. A mark is not kept with the
 *  flow, so the bytes of marked services are told apart by the server alone. */
export const SHAPES = {
  marks: {
    service: () => [mark],
    opened: () => [mark],
    flow: () => [],
    server: (family) => [answering(family)],
  },
  services: {
    service: (family) => [address(family), protocol, port],
    opened: (family) => [asked(family), protocol, askedPort],
    flow: (family) => [asked(family), protocol, askedPort],
    server: (family) => [answering(family), answeringPort],
  },
  ports: {
    service: (family) => [address(family), protocol],
    opened: (family) => [asked(family), protocol],
    flow: (family) => [asked(family), protocol],
    server: (family) => [answering(family)],
  },
} as const satisfies Record<string, Shape>;

export type ShapeName = keyof typeof SHAPES;

export function shapeOf(service: Service): ShapeName {
  if (service.protocol === 'fwm') return 'marks';
  return service.port ? 'services' : 'ports';
}

/** The shape's maps and sets of a family: `services/ip`, `services/ip/in`, `services/ip/snat`. */
export function placeName(
  shape: ShapeName,
  { ip }: FamilyWords,
  use?: 'opened' | 'in' | 'out' | 'snat' | 'offload',
): string {
  return use === undefined ? `${shape}/${ip}` : `${shape}/${ip}/${use}`;
}

/** As nft prints it. */
export function plain(numeric: string): string {
  return canonical(bare(numeric));
}
