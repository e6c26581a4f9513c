import type { Member } from '../members.ts';
import type { Timed } from '../timer-wheel.ts';
import type { Guest } from './crowd.ts';
import type { Aged } from './recency.ts';

/** By what a session is in the wheel, among its server's and in the crowd: theirs to set. */
export class Links implements Member, Omit<Timed, 'expire'>, Omit<Guest, 'reset'> {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  place = -1;
  older: Aged | undefined;
  newer: Aged | undefined;
  listed = false;
  isRegular = false;
  serial = 0;
}
