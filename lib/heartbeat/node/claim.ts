import { isHold } from '../ownership/hold.ts';
import type { Claim } from '../ownership/owner.ts';
import { type Field, type Message, textOf } from '../wire/message.ts';

/** By which a node of this program shows itself in each status; Heartbeat takes no notice. */
const FIELD = 'l4';
const NOTHING = '-';
const VALUE = /^(none|local|foreign|all|-) ([01]) ([01]) ([01])$/;

/** What the status of a node of this program says besides. */
export interface Self {
  /** Its services work. */
  readonly isWell: boolean;
  /** Undefined: it does not take part yet, or not any more. */
  readonly claim: Claim | undefined;
}

export function selfField(
  claim: Omit<Claim, 'isWell'> | undefined,
  isWell: boolean,
): Field {
  const { hold = NOTHING, isStable = false, isMoving = false } = claim ?? {};
  return [FIELD, [hold, ...[isStable, isWell, isMoving].map(Number)].join(' ')];
}

/** @returns undefined: it is a Heartbeat's */
export function selfIn(message: Message): Self | undefined {
  const [, hold, ...flags] = VALUE.exec(textOf(message, FIELD) ?? '') ?? [];
  if (hold === undefined) return undefined;
  const [isStable = false, isWell = false, isMoving = false] = flags.map(
    (flag) => flag === '1',
  );
  const claim = isHold(hold) ? { hold, isStable, isMoving, isWell } : undefined;
  return { isWell, claim };
}
