import type { Scheduler } from '../model/scheduler.ts';
import { rr } from './rr.ts';

/** Every scheduler by its name in the config file. */
export const SCHEDULERS = { rr } as const satisfies Record<string, Scheduler>;

export type SchedulerName = keyof typeof SCHEDULERS;

/** The scheduler of that name; undefined for a name that is none. */
export function schedulerNamed(name: string): Scheduler | undefined {
  return Object.hasOwn(SCHEDULERS, name)
    ? SCHEDULERS[name as SchedulerName]
    : undefined;
}
