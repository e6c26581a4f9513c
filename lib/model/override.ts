import type { RealServer, VirtualService } from './virtual-service.ts';

/** What an operator wants of a real server: `ready`: what file and checks say; `drain`: no new
 *  connections but persistent ones (weight 0); `maintenance`: as if a file in maintenancedir named
 *  it, whatever its checks say. */
export type AdminState = 'ready' | 'drain' | 'maintenance';

/** What was changed of a real server at run time. It holds until it is taken back, or until the
 *  server's line in the file changes. */
export interface Override {
  readonly state: AdminState;
  /** In the place of the configured weight; null: that one. 0 to 65535. */
  readonly weight: number | null;
  /** Who: `uid 0 (root)`, `page user anna`. */
  readonly by: string;
  /** When it was last changed; ISO 8601 in UTC. */
  readonly since: string;
}

/** Why an {@link Override} is over. */
const OVER = {
  changed: 'its line in the file has changed',
  gone: 'it is not in the file any more',
} as const;
export type OverReason = keyof typeof OVER;

/** The log line for one that is over.
 *  @param label  of the service, as log lines name it */
export function overLine(
  real: string,
  label: string,
  why: OverReason,
  override: Omit<Override, 'since'>,
): string {
  return `Run-time change of real server: ${real} (${label}) is over (${OVER[why]}; it was ${wordsOf(override)})`;
}

/** `drain, weight 5, by uid 0 (root)`. */
function wordsOf({ state, weight, by }: Omit<Override, 'since'>): string {
  const words: string[] = state === 'ready' ? [] : [state];
  if (weight !== null) words.push(`weight ${weight}`);
  return `${words.join(', ') || 'ready'}, by ${by}`;
}

/** A change to an {@link Override}; what is left out stays. */
export interface Wish {
  readonly state?: AdminState | undefined;
  /** Null: the configured one again. */
  readonly weight?: number | null | undefined;
}

/** What outlives a restart of the {@link Override}s. */
export interface OverrideStore {
  /** What an earlier run left of that service, by real server's id. Where the line of the real server in
   *  the file has changed since, it is left out, and the log says so. */
  of(service: VirtualService): ReadonlyMap<string, Override>;
  /** Drains that an earlier run had not ended, of the services that have asked; once. */
  drains(): readonly EndingDrain[];
  /** All that there are now. Settles when they would outlive this process, or cannot. Never rejects.
   *  @returns why they would not, in words for the operator, which the log has too; undefined: they would */
  keep(overrides: readonly KeptOverride[]): Promise<string | undefined>;
}

export interface KeptOverride {
  readonly service: string;
  /** As the file has it. */
  readonly real: RealServer;
  readonly override: Override;
  /** Of a drain or maintenance with a deadline that has not come. */
  readonly drain?: DrainEnd | undefined;
}

/** When what is left at a real server is ended. */
export interface DrainEnd {
  /** Wall clock, since it outlives the process; ISO 8601 in UTC. */
  readonly at: string;
  /** Who ordered it. */
  readonly by: string;
}

export interface EndingDrain extends RealRef, DrainEnd {}

/** A real server of a service, by their ids. */
export interface RealRef {
  readonly service: string;
  readonly real: string;
}
