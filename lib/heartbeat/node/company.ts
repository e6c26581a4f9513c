import type { LinkChange } from '../membership/links.ts';
import type { Happening } from '../membership/member.ts';
import type { Heard } from '../ownership/owner.ts';
import type { Message } from '../wire/message.ts';
import type { Deeds } from './deeds.ts';
import { tellHappening, tellLink } from './journal.ts';
import type { Parts } from './parts.ts';
import type { Rejoining } from './rejoining.ts';

/** Messages of a node that goes, or begins, or, with `auto_failback legacy`, lets go. */
const MOVES: ReadonlySet<string> = new Set([
  ...['starting', 'shutdone', 'ip-request', 'ip-request-resp'],
]);

/** What it means to this node that another one comes or goes. */
export class Company {
  readonly #parts: Parts;
  readonly #deeds: Deeds;
  readonly #rejoining: Rejoining;

  constructor(parts: Parts, deeds: Deeds, rejoining: Rejoining) {
    this.#parts = parts;
    this.#deeds = deeds;
    this.#rejoining = rejoining;
  }

  /** @param message  by which it is known; undefined: by silence */
  happened(
    happenings: readonly Happening[],
    message: Message | undefined,
    now: number,
  ): void {
    for (const happening of happenings) {
      tellHappening(this.#parts.outbox, happening);
      if (happening.type === 'communication-up') this.#join(now);
      else if (happening.node === this.#parts.other) this.#otherDid(happening, now);
      else this.#reached();
      if (happening.type === 'status' && message) this.#deeds.hook(message);
    }
  }

  linked(changes: readonly LinkChange[]): void {
    const { outbox, ipfail, pulse } = this.#parts;
    for (const change of changes) {
      tellLink(outbox, change);
      if (!change.isUp && pulse.status === 'active') ipfail?.compare();
    }
  }

  /** The other node has said which nodes there are. */
  listed(now: number): void {
    if (this.#parts.rollCall.isOpen) this.#activate(now);
  }

  /** The other node has spoken of resources, and the owner knows. */
  spoke({ type, hold, info }: Heard, now: number): void {
    const { owner } = this.#parts;
    if (MOVES.has(type)) this.#rejoining.cancel();
    else if (type === 'ask_resources' && info === 'me') this.#rejoining.answered();
    else if (type === 'resource' && hold === 'none') this.#rejoining.answered();
    else if (type === 'resource' && owner.isDouble && !owner.otherIsOurs)
      this.#part(now);
  }

  #reached(): void {
    const { ipfail, membership, pulse } = this.#parts;
    ipfail?.reaches(membership.reached);
    if (pulse.status === 'active') ipfail?.compare();
  }

  #otherDid({ type }: Happening, now: number): void {
    const { owner, pulse } = this.#parts;
    if (type === 'dead') this.#otherDied(now);
    else if (type === 'restarted') {
      this.#deeds.own(owner.restarted(now), now);
      this.#rejoining.cancel();
    } else if (type === 'healed') {
      this.#deeds.beat(now);
      this.#deeds.own(owner.healed(), now);
      if (!owner.otherIsOurs && pulse.status === 'active') this.#part(now);
    }
  }

  #otherDied(now: number): void {
    const { owner, inbox, coupling, ipfail, other, rollCall } = this.#parts;
    this.#deeds.own(owner.died(now), now);
    inbox.forget(other);
    coupling.hearOther('gone', now);
    ipfail?.cancel();
    this.#rejoining.cancel();
    // It does not answer any more, and with nobody else there is nothing to agree on.
    if (rollCall.isOpen) this.#activate(now);
  }

  /** A Heartbeat has what this node has, or may have it. */
  #part(now: number): void {
    this.#deeds.own(this.#parts.owner.relyOnOther(false, now), now);
    this.#rejoining.begin(now);
  }

  /** Both nodes must mean the same nodes before one of them does anything. */
  #join(now: number): void {
    const { membership, rollCall, outbox, other } = this.#parts;
    if (membership.of(other)?.isThere) outbox.send(rollCall.ask(other, now), now);
    else this.#activate(now);
  }

  #activate(now: number): void {
    const { rollCall, outbox, membership, owner, ipfail, other } = this.#parts;
    rollCall.close();
    outbox.log('info', 'Comm_now_up(): updating status to active');
    this.#deeds.become('active', now);
    outbox.act({ type: 'children' });
    const { isThere = false, status } = membership.of(other) ?? {};
    this.#deeds.own(owner.begin({ isThere, isActive: status === 'active' }, now), now);
    ipfail?.join();
  }
}
