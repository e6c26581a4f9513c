import type { Plan } from '../ownership/action.ts';
import type { Hold } from '../ownership/hold.ts';
import type { Owner } from '../ownership/owner.ts';

export interface CouplingOptions {
  readonly plan: Plan;
  readonly owner: Pick<Owner, 'mine' | 'isStable'>;
  readonly self: string;
  readonly keepaliveMs: number;
  /** `auto_failback on`: what was given is asked back from a Heartbeat; a node of this program gives it back
   *  by itself. */
  readonly isAutomatic: boolean;
  /** Not with `auto_failback legacy`: it knows no offers. */
  readonly canGive: boolean;
  /** Offers these groups to the other node. */
  give(hold: Hold, now: number): void;
}

/** How the other node is; `unknown`: it is a Heartbeat, which does not say. */
export type OtherHealth = 'well' | 'ill' | 'unknown' | 'gone';

/** Before it is asked back from a Heartbeat. */
const WELL_MS = 10_000;
/** Who is ill and gets something is asked anew for so long before that is given away: three looks a second apart. */
const FRESH_MS = 3000;
const NEVER = Number.POSITIVE_INFINITY;

/** A node whose services do not work gives everything to the other one, unless that one is ill too: then all
 *  stays where it is. */
export class Coupling {
  readonly #options: CouplingOptions;
  #isWell = true;
  #other: OtherHealth = 'gone';
  #giveAt = NEVER;
  /** When it was seen last without anything at rest here. */
  #emptyAt = Number.NEGATIVE_INFINITY;
  #backAt = NEVER;
  /** A Heartbeat got what is this node's own. */
  #isLent = false;

  constructor(options: CouplingOptions) {
    this.#options = options;
  }

  get isWell(): boolean {
    return this.#isWell;
  }

  get nextAt(): number {
    return Math.min(this.#giveAt, this.#backAt);
  }

  /** @returns  whether that is new: the other node is to know at once */
  healthy(isHealthy: boolean, now: number): boolean {
    if (isHealthy === this.#isWell) return false;
    const { plan, self, canGive } = this.#options;
    this.#isWell = isHealthy;
    if (isHealthy) plan.log('info', `${self}: services work again`);
    else
      plan.log(
        'warn',
        `${self}: services do not work${canGive ? '' : ', and auto_failback legacy keeps resources here: set on or off'}`,
      );
    this.#backAt = isHealthy && this.#isLent ? now + WELL_MS : NEVER;
    this.#plan(now);
    return true;
  }

  hearOther(other: OtherHealth, now: number): void {
    if (other === this.#other) return;
    this.#other = other;
    this.#plan(now);
  }

  look(now: number): void {
    if (this.#giveAt <= now) this.#give(now);
    if (this.#backAt <= now) this.#takeBack();
  }

  #plan(now: number): void {
    const { keepaliveMs, canGive } = this.#options;
    const isBetterThere = this.#other === 'well' || this.#other === 'unknown';
    if (this.#isWell || !isBetterThere || !canGive) this.#giveAt = NEVER;
    else if (this.#giveAt === NEVER) {
      this.#giveAt = now + 2 * keepaliveMs;
      this.#see(now);
    }
  }

  #see(now: number): void {
    const { isStable, mine } = this.#options.owner;
    if (!isStable || mine === 'none') this.#emptyAt = now;
  }

  /** Looked at again and again, for what this node is given by hand while it is ill goes back too. */
  #give(now: number): void {
    const { keepaliveMs, give } = this.#options;
    this.#giveAt = now + 2 * keepaliveMs;
    this.#see(now);
    if (now - this.#emptyAt < FRESH_MS) return;
    this.#isLent = this.#other === 'unknown';
    give('all', now);
  }

  #takeBack(): void {
    const { isAutomatic, plan } = this.#options;
    this.#backAt = NEVER;
    this.#isLent = false;
    if (isAutomatic && this.#other === 'unknown')
      plan.send('hb_takeover', ['rsc_hold', 'local']);
  }
}
