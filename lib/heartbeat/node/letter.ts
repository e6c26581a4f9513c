import type { MemberStatus } from '../membership/member.ts';
import { isHold } from '../ownership/hold.ts';
import type { Heard } from '../ownership/owner.ts';
import { type Message, textOf } from '../wire/message.ts';

/** A message of another node, as far as it is good for anything. */
export interface Letter {
  readonly type: string;
  readonly from: string;
  /** Undefined: it is for everybody. */
  readonly to: string | undefined;
  readonly generation: number;
  /** Undefined: it needs none. */
  readonly seq: number | undefined;
  readonly message: Message;
}

const STATUSES: ReadonlySet<string> = new Set([
  'init',
  'up',
  'active',
  'dead',
] satisfies MemberStatus[]);
const HEX = /^[0-9a-f]{1,12}$/;
const DECIMAL = /^\d{1,12}$/;

/** @returns undefined: it lacks what every message has */
export function letterOf(message: Message): Letter | undefined {
  const type = textOf(message, 't');
  const from = textOf(message, 'src');
  const generation = numberIn(message, 'hg');
  const seq = numberIn(message, 'seq');
  if (!type || !from || !numberIn(message, 'ts') || generation === undefined)
    return undefined;
  if (seq === undefined && !type.startsWith('NS_')) return undefined;
  return { type, from, to: textOf(message, 'dest'), generation, seq, message };
}

/** A number of a field, which most have in hexadecimal digits. */
export function numberIn(
  message: Message,
  name: string,
  base: 10 | 16 = 16,
): number | undefined {
  const text = textOf(message, name);
  const isNumber = text !== undefined && (base === 16 ? HEX : DECIMAL).test(text);
  return isNumber ? Number.parseInt(text, base) : undefined;
}

export function statusIn(message: Message): MemberStatus | undefined {
  const text = textOf(message, 'st');
  return text !== undefined && isStatus(text) ? text : undefined;
}

/** What it says of resources. */
export function resourcesIn({ type, message }: Letter): Heard {
  const hold = textOf(message, 'rsc_hold');
  const stable = textOf(message, 'isstable');
  return {
    type,
    hold: isHold(hold) ? hold : undefined,
    isFull: textOf(message, 'rtype') === 'full',
    isStable: stable === undefined ? undefined : stable === '1',
    info: textOf(message, 'info'),
    group: textOf(message, 'ipaddr'),
    isOk: textOf(message, 'ok') === 'OK',
  };
}

function isStatus(text: string): text is MemberStatus {
  return STATUSES.has(text);
}
