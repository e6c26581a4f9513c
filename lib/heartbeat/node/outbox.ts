import type { Action as OwnershipAction } from '../ownership/action.ts';
import type { Message } from '../wire/message.ts';
import type { NodeAction } from './action.ts';
import type { Post } from './post.ts';

/** What is to be done, until it is taken; messages become datagrams here. */
export class Outbox {
  readonly #post: Post;
  #actions: NodeAction[] = [];

  constructor(post: Post) {
    this.#post = post;
  }

  act(action: NodeAction): void {
    this.#actions.push(action);
  }

  /** @param now  milliseconds, monotonic */
  send(message: Message, now: number): void {
    this.act({ type: 'datagram', datagram: this.#post.datagram(message, now) });
  }

  log(level: 'info' | 'warn' | 'error', text: string): void {
    this.act({ type: 'log', level, text });
  }

  run(actions: readonly OwnershipAction[], now: number): void {
    for (const action of actions)
      if (action.type === 'send') this.send(action.message, now);
      else this.act(action);
  }

  take(): readonly NodeAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}
