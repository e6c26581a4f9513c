import { IPFAIL } from '../ipfail/ipfail.ts';
import { textOf } from '../wire/message.ts';
import { type Self, selfIn } from './claim.ts';
import type { Company } from './company.ts';
import type { Deeds } from './deeds.ts';
import type { Delivered } from './inbox.ts';
import { type Letter, numberIn, resourcesIn, statusIn } from './letter.ts';
import type { Parts } from './parts.ts';

const OF_IPFAIL: ReadonlySet<string> = new Set([
  ...['num_ping_nodes', 'you_are_dead', 'abort_giveup', 'hbapi-clstat'],
]);
const OF_RESOURCES: ReadonlySet<string> = new Set([
  ...['starting', 'resource', 'ask_resources', 'hb_takeover', 'shutdone'],
  ...['ip-request', 'ip-request-resp'],
]);

/** Gives each message to whom it concerns. */
export class Reader {
  readonly #parts: Parts;
  readonly #deeds: Deeds;
  readonly #company: Company;

  constructor(parts: Parts, deeds: Deeds, company: Company) {
    this.#parts = parts;
    this.#deeds = deeds;
    this.#company = company;
  }

  take(delivered: Delivered, now: number): void {
    const { letter, isForUs } = delivered;
    const { outbox, rollCall, pulse, membership } = this.#parts;
    const begun = membership.begin(letter.from, letter.generation, now);
    this.#company.happened(begun, undefined, now);
    if (!isForUs) return;
    if (letter.type === 'status') this.#status(delivered, now);
    else if (letter.type === 'reqnodes') outbox.send(rollCall.answer(letter.from), now);
    else if (letter.type === 'repnodes') this.#company.listed(now);
    else if (pulse.status === 'active') this.#act(delivered, now);
  }

  #status({ letter, seq = 0, peer }: Delivered, now: number): void {
    const { membership, owner } = this.#parts;
    const { from, message, generation } = letter;
    const said = statusIn(message);
    if (!said) return;
    const member = membership.of(from);
    const isNewest = peer.isNewestStatus(seq);
    const self = selfIn(message);
    peer.isOurs = self !== undefined;
    owner.recognize(peer.isOurs);
    const status = isNewest || !member?.isThere ? said : member.status;
    const deadAfterMs = isNewest ? numberIn(message, 'dt') : undefined;
    const word = { status, deadAfterMs, generation };
    this.#company.happened(membership.hear(from, word, now), message, now);
    if (isNewest && status === 'active') this.#otherIs(self, { seq, peer }, now);
  }

  /** A Heartbeat says in its status nothing of resources. */
  #otherIs(
    self: Self | undefined,
    { seq = 0, peer }: Pick<Delivered, 'seq' | 'peer'>,
    now: number,
  ): void {
    const { coupling, owner } = this.#parts;
    if (!self) coupling.hearOther('unknown', now);
    else if (!self.claim) coupling.hearOther('gone', now);
    else {
      coupling.hearOther(self.isWell ? 'well' : 'ill', now);
      if (peer.isState(seq)) this.#deeds.own(owner.claimed(self.claim, now), now);
    }
  }

  #act({ letter, seq = 0, peer }: Delivered, now: number): void {
    const { owner } = this.#parts;
    const { type, message } = letter;
    if (type === 'query-cstatus') this.#answer(letter, now);
    else if (OF_IPFAIL.has(type)) this.#ipfail(letter, now);
    else if (OF_RESOURCES.has(type)) {
      if (type === 'resource' && !peer.isState(seq)) return;
      const heard = resourcesIn(letter);
      this.#deeds.own(owner.hear(heard, now), now);
      this.#company.spoke(heard, now);
    }
    this.#deeds.hook(message);
  }

  #ipfail({ type, message }: Letter, now: number): void {
    if (textOf(message, 'to_id') !== IPFAIL) return;
    this.#parts.ipfail?.hear(
      {
        type,
        count: numberIn(message, 'num_ping', 10),
        joins: textOf(message, 'st') === 'join',
      },
      now,
    );
  }

  /** Whether a program runs here that speaks with its like on the other node. */
  #answer({ from, message }: Letter, now: number): void {
    const client = textOf(message, 'cn') ?? '';
    const asker = textOf(message, 'from_id') ?? '';
    const isOnline = client === IPFAIL && this.#parts.ipfail !== undefined;
    this.#parts.outbox.send(
      [
        ['t', 'respond-cstatus'],
        ['dest', from],
        ['result', 'OK'],
        ['cn', client],
        ['to_id', asker],
        ['cs', isOnline ? 'online' : 'offline'],
      ],
      now,
    );
  }
}
