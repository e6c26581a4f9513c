import type { Message } from '../wire/message.ts';

/** Between two requests. */
const AGAIN_MS = 1000;
const NEVER = Number.POSITIVE_INFINITY;

/** Before a node does anything it asks another one which nodes there are: both must mean the same.
 *  Source: observed on Heartbeat 3.0.6. */
export class RollCall {
  readonly #nodes: readonly string[];
  readonly #againMs: number;
  #askAt = NEVER;

  constructor(nodes: readonly string[], deadtimeMs: number) {
    this.#nodes = nodes;
    this.#againMs = Math.min(AGAIN_MS, deadtimeMs / 2);
  }

  get nextAt(): number {
    return this.#askAt;
  }

  /** A question is open. */
  get isOpen(): boolean {
    return this.#askAt !== NEVER;
  }

  ask(node: string, now: number): Message {
    this.#askAt = now + this.#againMs;
    return [
      ['t', 'reqnodes'],
      ['dest', node],
    ];
  }

  answer(node: string): Message {
    return [
      ['dest', node],
      ['t', 'repnodes'],
      ['nodelist', this.#nodes.map((name) => `${name} `).join('')],
      ['delnodelist', ' '],
    ];
  }

  close(): void {
    this.#askAt = NEVER;
  }
}
