import type { Distrust } from '../wire/seal.ts';
import type { Outbox } from './outbox.ts';

/** Why a datagram is not heard, in words that name no secret. */
const WORDS: Readonly<Record<Distrust | 'incomplete', string>> = {
  'too-long': 'it is longer than any message',
  'no-message': 'it is no message of Heartbeat',
  unsigned: 'it is not signed',
  'unknown-key':
    'the key by which it is signed is not in authkeys, or is crc and not that of "auth": both nodes need the same file',
  'wrong-signature':
    'it is signed with another secret: both nodes need the same authkeys',
  malformed: 'its fields cannot be read',
  incomplete: 'it lacks what every message has: type, sender, time and numbers',
};
/** The same of the same sender is told once in that time. */
const AGAIN_MS = 600_000;
/** So much is told in that time at most: senders are easily made up. */
const MOST = 32;

/** Tells why nobody is heard: where two nodes do not hear each other, each has everything. */
export class Doubts {
  readonly #outbox: Outbox;
  readonly #told = new Map<string, number>();

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** @param from  the address of whoever has sent it */
  datagram(from: string, why: Distrust | 'incomplete', now: number): void {
    this.#tell(`a datagram of ${from} is not heard: ${WORDS[why]}`, now);
  }

  /** Its sender has the key. */
  stranger(from: string, name: string, now: number): void {
    this.#tell(
      `a datagram of ${from} is not heard: ha.cf has no node ${JSON.stringify(name.slice(0, 64))}`,
      now,
    );
  }

  old(name: string, now: number): void {
    this.#tell(
      `a datagram of ${name} is not heard: it is of an earlier run of it. Either it was late, or somebody repeats it, or the number in its hb_generation went back`,
      now,
    );
  }

  #tell(text: string, now: number): void {
    for (const [told, at] of this.#told)
      if (at + AGAIN_MS <= now) this.#told.delete(told);
    if (this.#told.has(text) || this.#told.size >= MOST) return;
    this.#told.set(text, now);
    this.#outbox.log('warn', text);
  }
}
