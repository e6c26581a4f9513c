import type { Estate } from './estate.ts';
import { common, type Hold, plus } from './hold.ts';

/** How a node gives everything up. Source: observed on Heartbeat 3.0.6; but that it says nothing to the other
 *  one of groups that do not stop is not Heartbeat's, which reboots the host. */
export class Farewell {
  readonly #estate: Estate;
  readonly #other: string;
  #request: number | undefined;
  #had: Hold = 'none';

  constructor(estate: Estate, other: string) {
    this.#estate = estate;
    this.#other = other;
  }

  begin(): void {
    const estate = this.#estate;
    this.#had = plus(estate.mineSoon, estate.scripts.due);
    estate.phase = 'shutdown';
    estate.mine = 'none';
    estate.move.end();
    this.#request = estate.scripts.release('all');
  }

  /** Scripts have ended that stopped groups: what was asked of them before does not count. */
  released(request: number, failed: Hold): void {
    if (request !== this.#request) return;
    const { plan } = this.#estate;
    const stuck = common(failed, this.#had);
    if (stuck === 'none') plan.send('shutdone', ['st', 'dead']);
    else
      plan.log(
        'error',
        `[${stuck}] resources did not stop: ${this.#other} is not asked to take over, and does so when it takes this node for dead. Stop them by hand`,
      );
    plan.act({ type: 'gone' });
  }
}
