import { CLASSIC_HEAD, CLASSIC_TAIL, decodeClassic } from '../wire/classic.ts';
import type { Message } from '../wire/message.ts';

/** What a message of a local program may be at most, in bytes: signed, with its fields' lengths, it goes out as one
 *  datagram. Heartbeat's own programs write some hundred. */
export const LONGEST = 16_384;

/** Finds messages in what is written to the FIFO, however it is cut. What is none is passed over. */
export class FifoText {
  #held = '';

  /** @returns messages that are whole now; undefined in the place of what is none */
  take(bytes: Buffer): readonly (Message | undefined)[] {
    this.#held += bytes.toString('latin1');
    const found: (Message | undefined)[] = [];
    for (;;) {
      const end = this.#held.indexOf(`\n${CLASSIC_TAIL}`);
      if (end < 0) break;
      found.push(messageIn(this.#held.slice(0, end + 1)));
      this.#held = this.#held.slice(end + 1 + CLASSIC_TAIL.length);
    }
    if (this.#held.length > LONGEST) {
      this.#held = '';
      found.push(undefined);
    }
    return found;
  }
}

function messageIn(text: string): Message | undefined {
  const head = text.lastIndexOf(CLASSIC_HEAD);
  return head < 0 || text.length - head > LONGEST
    ? undefined
    : decodeClassic(text.slice(head + CLASSIC_HEAD.length));
}
