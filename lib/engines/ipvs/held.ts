import type { ServerEntry } from '../../model/engine.ts';
import type { ForwardingMethod, VirtualService } from '../../model/virtual-service.ts';
import { readListing } from './listing.ts';

/** A service that the kernel holds. */
export interface HeldService {
  /** Its {@link schedule}, as far as the list tells. */
  readonly schedule: string;
  /** By `ADDRESS:PORT`. */
  readonly reals: ReadonlyMap<string, HeldServer>;
}

export interface HeldServer {
  /** Undefined: the list does not tell, as of one on this host on an old kernel. */
  readonly method: ForwardingMethod | undefined;
  readonly weight: number;
  readonly upper: number;
  readonly lower: number;
}

/** By a service's name in the list. */
export type HeldTable = ReadonlyMap<string, HeldService>;

const METHODS: Readonly<Record<string, ForwardingMethod>> = {
  Masq: 'masq',
  Route: 'gate',
  Tunnel: 'ipip',
};

/** The kernel's table of two lists, `-L -n` and `-L -n --thresholds`. */
export function heldTable(plain: string, thresholds: string): HeldTable {
  const limits = readListing(thresholds);
  const table = new Map<string, HeldService>();
  for (const [key, { words, reals }] of readListing(plain)) {
    const held = new Map<string, HeldServer>();
    for (const [place, [method = '', weight]] of reals) {
      const [upper, lower] = limits.get(key)?.reals.get(place) ?? [];
      held.set(place, {
        method: METHODS[method],
        weight: count(weight),
        upper: count(upper),
        lower: count(lower),
      });
    }
    table.set(key, { schedule: words.filter(known).join(' '), reals: held });
  }
  return table;
}

/** How the list would show the way in which a service schedules. `ops` and schedflags are left
 *  out: not every ipvsadm shows them. */
export function schedule(service: VirtualService): string {
  const { scheduler, persistent, netmask } = service;
  if (!persistent) return scheduler;
  const whole = netmask === undefined || WHOLE.has(netmask);
  return `${scheduler} persistent ${persistent}${whole ? '' : ` mask ${netmask}`}`;
}

/** Masks of a whole address are not shown. */
const WHOLE: ReadonlySet<string> = new Set(['255.255.255.255', '128']);

function known(word: string): boolean {
  return word !== 'ops' && !word.startsWith('(');
}

/** Whether the kernel holds the real server as it should be. */
export function sameServer(held: HeldServer, wanted: ServerEntry): boolean {
  if (held.weight !== wanted.weight) return false;
  if (held.method !== undefined && held.method !== wanted.method) return false;
  if (wanted.weight === 0) return true;
  return held.upper === wanted.upper && held.lower === wanted.lower;
}

function count(word: string | undefined): number {
  return Number.parseInt(word ?? '', 10) || 0;
}
