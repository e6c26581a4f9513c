import type { PingNode } from '../config/ha-config.ts';
import type { MemberStatus } from '../membership/member.ts';
import type { Action } from '../ownership/action.ts';
import type { Hold } from '../ownership/hold.ts';
import type { Message } from '../wire/message.ts';
import { selfField } from './claim.ts';
import { hookOf } from './command.ts';
import type { Leaving } from './leaving.ts';
import type { Parts } from './parts.ts';

/** What a node does, whatever makes it do it. */
export class Deeds {
  readonly #parts: Parts;
  readonly #leaving: Leaving;
  readonly #pings: readonly PingNode[];

  constructor(parts: Parts, leaving: Leaving, pings: readonly PingNode[]) {
    this.#parts = parts;
    this.#leaving = leaving;
    this.#pings = pings;
  }

  /** Carries out what the owner of resources wants. */
  own(actions: readonly Action[], now: number): void {
    const { outbox, membership, other } = this.#parts;
    const isHeard = membership.of(other)?.isThere ?? false;
    for (const action of actions)
      if (action.type === 'gone') this.#leaving.released(isHeard, now);
      else outbox.run([action], now);
  }

  /** Offers these groups to the other node. */
  give(hold: Hold, now: number): void {
    this.own(this.#parts.owner.standby(hold, now), now);
  }

  become(status: MemberStatus, now: number): void {
    const { pulse, outbox } = this.#parts;
    pulse.status = status;
    outbox.log('info', `Local status now set to: '${status}'`);
    this.beat(now);
  }

  beat(now: number): void {
    const { pulse, owner, coupling, outbox } = this.#parts;
    outbox.send(pulse.beat(selfField(owner.claim, coupling.isWell), now), now);
  }

  ping(): void {
    for (const { name, hosts } of this.#pings)
      this.#parts.outbox.act({ type: 'ping', name, hosts });
  }

  hook(message: Message): void {
    const fields = hookOf(message);
    if (fields) this.#parts.outbox.act({ type: 'hook', fields });
  }
}
