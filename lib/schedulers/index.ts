import type { Scheduler } from '../model/scheduler.ts';
import { dh } from './dh.ts';
import { fo } from './fo.ts';
import { lblc } from './lblc.ts';
import { lblcr } from './lblcr.ts';
import { lc } from './lc.ts';
import { mh } from './mh.ts';
import { nq } from './nq.ts';
import { ovf } from './ovf.ts';
import { rr } from './rr.ts';
import { sed } from './sed.ts';
import { sh } from './sh.ts';
import { twos } from './twos.ts';
import { wlc } from './wlc.ts';
import { wrr } from './wrr.ts';

/** Every scheduler by its name in the config file, in ipvsadm(8)'s order. */
export const SCHEDULERS = {
  rr,
  wrr,
  lc,
  wlc,
  lblc,
  lblcr,
  dh,
  sh,
  sed,
  nq,
  fo,
  ovf,
  mh,
  twos,
} as const satisfies Record<string, Scheduler>;

export type SchedulerName = keyof typeof SCHEDULERS;

/** The scheduler of that name; undefined for a name that is none. */
export function schedulerNamed(name: string): Scheduler | undefined {
  return Object.hasOwn(SCHEDULERS, name)
    ? SCHEDULERS[name as SchedulerName]
    : undefined;
}
