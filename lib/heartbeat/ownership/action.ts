import type { Message } from '../wire/message.ts';
import type { Hold } from './hold.ts';

/** What is to be done. */
export type Action =
  /** To everybody; its sender's fields are still to be added. */
  | { readonly type: 'send'; readonly message: Message }
  /** Scripts, and then {@link Owner.acquired} with the number of this request. */
  | { readonly type: 'acquire'; readonly hold: Hold; readonly request: number }
  /** Scripts, and then {@link Owner.released} with the number of this request. */
  | { readonly type: 'release'; readonly hold: Hold; readonly request: number }
  /** What runs here is told to the network once more: the other node had it too. */
  | { readonly type: 'announce' }
  | {
      readonly type: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly text: string;
    }
  /** Everything is given up: this node may go. */
  | { readonly type: 'gone' };

/** Actions until they are taken, in their order. */
export class Plan {
  #actions: Action[] = [];

  act(action: Action): void {
    this.#actions.push(action);
  }

  send(type: string, ...fields: Message): void {
    this.act({ type: 'send', message: [['t', type], ...fields] });
  }

  log(level: 'info' | 'warn' | 'error', text: string): void {
    this.act({ type: 'log', level, text });
  }

  take(): readonly Action[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}
