import type { VirtualService } from '../../model/virtual-service.ts';
import { concat } from './json.ts';
import type { Element } from './part.ts';
import {
  type Column,
  FAMILIES,
  type FamilyWords,
  placeName,
  type Server,
  type Service,
  SHAPES,
  type Shape,
  type ShapeName,
  shapeOf,
} from './shapes.ts';

/** What is counted of each server: connections when they begin, and all packets from clients and to
 *  them. */
export const COUNTED = ['opened', 'in', 'out'] as const;
export type Counted = (typeof COUNTED)[number];

/** The columns of the set that counts that. */
export function countedBy(
  shape: ShapeName,
  family: FamilyWords,
  what: Counted,
): {
  readonly service: readonly Column<Service>[];
  readonly server: readonly Column<Server>[];
} {
  const { opened, flow, server }: Shape = SHAPES[shape];
  const service = what === 'opened' ? opened(family) : flow(family);
  return { service, server: server(family) };
}

/** The element that counts that for a server of a service. The counter is a part of it: named
 *  counters are read by nft before any change of a rule, however many there are. */
export function counterOf(
  service: VirtualService,
  server: Server,
  what: Counted,
): Pick<Element, 'place' | 'key'> {
  const shape = shapeOf(service);
  const family = FAMILIES[service.family];
  const columns = countedBy(shape, family, what);
  const key = concat([
    ...columns.service.map(({ value }) => value(service)),
    ...columns.server.map(({ value }) => value(server)),
  ]);
  return { place: placeName(shape, family, what), key };
}
