import type { Plan } from '../ownership/action.ts';
import type { Hold } from '../ownership/hold.ts';
import { has } from '../ownership/hold.ts';
import type { Owner } from '../ownership/owner.ts';
import type { Message } from '../wire/message.ts';

export interface IpfailOptions {
  readonly plan: Plan;
  readonly owner: Pick<Owner, 'mine' | 'isStable'>;
  readonly other: string;
  readonly keepaliveMs: number;
  /** With `auto_failback on` what is the other node's goes back once it reaches as many. */
  readonly isAutomatic: boolean;
  /** Offers these groups to the other node. */
  give(hold: Hold, now: number): void;
}

/** What the other node's ipfail says. */
export interface Word {
  /** `num_ping_nodes`, `you_are_dead`, `abort_giveup`, `hbapi-clstat`. */
  readonly type: string;
  /** How many of its hosts answer the other node. */
  readonly count: number | undefined;
  /** It has just begun. */
  readonly joins: boolean;
}

/** By which the ipfails of both nodes know each other. */
export const IPFAIL = 'ipfail';
const PARTNER: Message = [
  ['from_id', IPFAIL],
  ['to_id', IPFAIL],
  ['client_gen', '0'],
];
const NEVER = Number.POSITIVE_INFINITY;

/** The node that reaches fewer of the hosts that are pinged gives everything to the other one. Before that it
 *  waits two keepalives, for the other node may be about to lose the same host.
 *  Source: observed on Heartbeat 3.0.6 with ipfail, which speaks the same messages. */
export class Ipfail {
  readonly #options: IpfailOptions;
  #count = 0;
  #give: Hold = 'none';
  #giveAt = NEVER;

  constructor(options: IpfailOptions) {
    this.#options = options;
  }

  get nextAt(): number {
    return this.#giveAt;
  }

  /** This node takes part: the other one's ipfail says then how many it reaches. */
  join(): void {
    this.#options.plan.send('hbapi-clstat', ['st', 'join'], ...PARTNER, [
      'info',
      'signon',
    ]);
  }

  /** So many answer now. */
  reaches(count: number): void {
    this.#count = count;
  }

  /** A host or a way to the other node has come or gone. */
  compare(): void {
    this.#say('num_ping_nodes', ['num_ping', `${this.#count}`]);
  }

  hear({ type, count, joins }: Word, now: number): void {
    if (type === 'you_are_dead') this.#planToGive('all', now);
    else if (type === 'abort_giveup') this.#abort();
    else if (type === 'hbapi-clstat' && joins) this.compare();
    else if (type === 'num_ping_nodes' && count !== undefined)
      this.#compared(count, now);
  }

  look(now: number): void {
    if (this.#giveAt > now) return;
    const { owner, keepaliveMs, give } = this.#options;
    if (!owner.isStable) {
      this.#giveAt = now + keepaliveMs;
      return;
    }
    const hold = this.#give;
    this.#abort();
    if (hold === 'all' ? owner.mine !== 'none' : has(owner.mine, 'foreign'))
      give(hold, now);
  }

  /** Nothing is given: the other node is not there, or this one goes. */
  cancel(): void {
    this.#abort();
  }

  #compared(theirs: number, now: number): void {
    const { isAutomatic, owner } = this.#options;
    if (theirs < this.#count) this.#say('you_are_dead');
    else if (theirs > this.#count) this.#planToGive('all', now);
    else {
      this.#say('abort_giveup');
      this.#abort();
      if (isAutomatic && owner.isStable && has(owner.mine, 'foreign'))
        this.#planToGive('foreign', now);
    }
  }

  #planToGive(hold: Hold, now: number): void {
    const { keepaliveMs, plan, other } = this.#options;
    if (this.#giveAt !== NEVER && this.#give === hold) return;
    const why =
      hold === 'all' ? 'reaches more of the hosts that are pinged' : 'reaches as many';
    plan.log('info', `ipfail: ${other} ${why}: it gets [${hold}] resources`);
    this.#give = hold;
    this.#giveAt = now + 2 * keepaliveMs;
  }

  #abort(): void {
    this.#give = 'none';
    this.#giveAt = NEVER;
  }

  #say(type: string, ...fields: Message): void {
    const { plan, other } = this.#options;
    plan.send(type, ...fields, ['dest', other], ...PARTNER);
  }
}
