import type { Estate } from './estate.ts';
import { common, type Hold, minus, plus } from './hold.ts';

/** So long it is let alone. */
const AGAIN_MS = 30_000;

/** What became of groups that were to be stopped. */
export interface Stopped {
  /** They did not stop, and stay this node's. */
  readonly stays: Hold;
  /** They had not stopped before, and have now: nobody has them. */
  readonly freed: Hold;
}

/** Groups that do not stop. Whoever has them may not give them away, and is not stable; they are stopped once
 *  more after a while, for somebody may have mended it by hand. Heartbeat reboots the host instead. */
export class Stuck {
  readonly #estate: Estate;
  #at = Number.POSITIVE_INFINITY;

  constructor(estate: Estate) {
    this.#estate = estate;
  }

  get nextAt(): number {
    return this.#at;
  }

  /** Scripts have ended that were to stop these groups. */
  ended(hold: Hold, failed: Hold, now: number): Stopped {
    const estate = this.#estate;
    const { due } = estate.scripts;
    const stays = minus(common(failed, hold), due);
    const freed = common(estate.stuck, minus(minus(hold, failed), due));
    estate.mine = plus(minus(estate.mine, freed), stays);
    estate.stuck = plus(minus(estate.stuck, freed), stays);
    if (stays !== 'none') {
      this.#at = now + AGAIN_MS;
      estate.plan.log(
        'error',
        `[${stays}] resources did not stop: they stay here, and are stopped again in ${AGAIN_MS / 1000} s. Stop them by hand`,
      );
    }
    return { stays, freed };
  }

  look(now: number): void {
    if (this.#at > now) return;
    const { stuck, scripts, move } = this.#estate;
    this.forget();
    const hold = minus(stuck, scripts.due);
    if (hold === 'none') return;
    const request = scripts.release(hold);
    if (move.step === 'giving') move.proceed('giving', now, request);
  }

  forget(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }
}
