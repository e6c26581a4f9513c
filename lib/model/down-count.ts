/** How often something went down, and for how long. Times are of the wall clock, milliseconds since 1970. */
export interface DownCount {
  readonly downs: number;
  /** Milliseconds of the times that are over. */
  readonly ms: number;
  /** Since when it is down; undefined: it is not. */
  readonly since: number | undefined;
}

export const NEVER_DOWN: DownCount = { downs: 0, ms: 0, since: undefined };

/** The count after another state was taken.
 *  @param fell  it counts as having gone down
 *  @param down  from now on it is: two things where one can go without failing, as HAProxy counts it */
export function counted(
  before: DownCount,
  { fell, down }: { readonly fell: boolean; readonly down: boolean },
  at: number,
): DownCount {
  return {
    downs: before.downs + (fell ? 1 : 0),
    ms: downMs(before, at),
    since: down ? at : undefined,
  };
}

/** Milliseconds in all, the present time down among them. A clock that went back takes nothing away. */
export function downMs({ ms, since }: DownCount, now: number): number {
  return since === undefined ? ms : ms + Math.max(0, now - since);
}
