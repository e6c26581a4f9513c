import type { MemberStatus } from '../membership/member.ts';
import type { Field, Message } from '../wire/message.ts';

export interface PulseOptions {
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  /** On the caller's clock, as all times. */
  readonly startedAt: number;
}

/** For so long after the start others are asked to bear more silence, and how much more at most. */
const YOUNG_MS = 5000;
const YOUNG_MORE_MS = 2000;

/** What a node says of itself each keepalive. Source: observed on Heartbeat 3.0.6; but with a `deadtime`
 *  below two seconds a young node asks for twice that time, and not for two seconds more. */
export class Pulse {
  status: MemberStatus = 'init';
  readonly #options: PulseOptions;
  #at: number;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#at = options.startedAt;
  }

  get nextAt(): number {
    return this.#at;
  }

  /** @param self  see {@link selfField} */
  beat(self: Field, now: number): Message {
    const { keepaliveMs, deadtimeMs, startedAt } = this.#options;
    const isYoung = now - startedAt < YOUNG_MS;
    const more = isYoung ? Math.min(YOUNG_MORE_MS, deadtimeMs) : 0;
    this.#at = now + keepaliveMs;
    return [
      ['t', 'status'],
      ['st', this.status],
      ['dt', Math.round(deadtimeMs + more).toString(16)],
      ['protocol', '1'],
      self,
    ];
  }
}
