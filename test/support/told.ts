import { messageOf, type Told } from '../../lib/alerts/message.ts';
import type { StateChange } from '../../lib/alerts/state-change.ts';
import { aService } from './config.ts';
import { NOON } from './reports.ts';

/** A real server that went down. */
export function aChange(fields: Partial<StateChange> = {}): StateChange {
  return {
    real: '10.1.1.21:80',
    from: 'up',
    to: 'down',
    reason: 'connect ECONNREFUSED 10.1.1.21:80',
    up: 1,
    reals: 2,
    at: NOON,
    ...fields,
  };
}

/** The same on its way to hooks. */
export function aTold(sequence: number, fields: Partial<StateChange> = {}): Told {
  return { change: aChange(fields), sequence, changes: 1 };
}

/** The same as it is told, on a host `lb1`. */
export function aMessage(sequence: number, fields: Partial<StateChange> = {}) {
  return messageOf(aService({ servicename: 'shop' }), aTold(sequence, fields), 'lb1');
}
