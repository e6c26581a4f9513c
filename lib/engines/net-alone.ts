import {
  KEEPALIVE_MS,
  type ServiceOptions,
  type VirtualService,
} from '../model/virtual-service.ts';

/** What of l4director.ini only a process that has the connection in its hands can do: the key, and
 *  whether the service asks for it. */
type Row = readonly [key: string, isAsked: (options: ServiceOptions) => boolean];

/** What nobody asked for, and `no`, which is what a kernel that forwards does anyhow. */
const KERNELS: readonly number[] = [KEEPALIVE_MS, Infinity];

const ROWS: readonly Row[] = [
  ['send-proxy', ({ sendProxy }) => sendProxy !== undefined],
  ['accept-proxy', ({ acceptProxy }) => acceptProxy.length > 0],
  ['sni', ({ sni }) => sni.length > 0],
  ['allow', ({ allow }) => allow.length > 0],
  ['deny', ({ deny }) => deny.length > 0],
  ['source-connections', ({ sourceConnections }) => sourceConnections > 0],
  ['source-rate', ({ sourceRate }) => sourceRate !== undefined],
  ['service-connections', ({ serviceConnections }) => serviceConnections > 0],
  ['queue', ({ queue }) => queue > 0],
  ['max-age', ({ maxAgeMs }) => maxAgeMs !== undefined],
  ['rebalance', ({ rebalance }) => rebalance !== undefined],
  ['passive', ({ passive }) => passive !== undefined],
  ['source', ({ source }) => source.length > 0],
  ['keepalive', ({ keepaliveMs }) => !KERNELS.includes(keepaliveMs)],
];

/** What keeps the service from the kernel's engines, in words; undefined: nothing. */
export function netAlone({
  options,
}: Pick<VirtualService, 'options'>): string | undefined {
  const keys = ROWS.flatMap(([key, isAsked]) => (isAsked(options) ? [key] : []));
  if (keys.length === 0) return undefined;
  return `${keys.join(', ')}: only a process that holds the connection can do that; set engine = net`;
}
