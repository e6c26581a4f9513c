import type { Level } from '../local/log-line.ts';
import type { NodeAction } from '../node/action.ts';
import type { Hold } from '../ownership/hold.ts';
import type { Resources } from './resources.ts';

/** What the node wants of its resources. */
export type Move = Extract<NodeAction, { readonly type: 'acquire' | 'release' }>;

export interface MovesOptions {
  readonly resources: Pick<Resources, 'acquire' | 'release'>;
  log(level: Level, text: string): void;
  /** Its scripts have ended.
   *  @param failed  of `acquire` the groups of which nothing runs; of `release` those of which something may run on */
  moved(move: Move, failed: Hold): void;
}

/** Moves of resources, one after the other, in the order in which the node wants them. What cannot be told is
 *  taken for failed: nothing runs that was to start, and all goes on that was to stop. */
export class Moves {
  readonly #options: MovesOptions;
  /** Resolves with the last of them, whatever fails. */
  idle: Promise<void> = Promise.resolve();
  /** How many are under way, or wait. */
  #count = 0;

  constructor(options: MovesOptions) {
    this.#options = options;
  }

  get isMoving(): boolean {
    return this.#count > 0;
  }

  add(move: Move): void {
    this.#count++;
    this.idle = this.idle.then(() => this.#play(move)).finally(() => this.#count--);
  }

  async #play(move: Move): Promise<void> {
    const { resources, log, moved } = this.#options;
    const { type, hold } = move;
    const failed = await resources[type](hold).catch(({ message }: Error) => {
      const what = type === 'acquire' ? 'started' : 'stopped';
      log('error', `resources (${hold}) cannot be ${what}: ${message}`);
      return hold;
    });
    moved(move, failed);
  }
}
