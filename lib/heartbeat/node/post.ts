import { History } from '../delivery/history.ts';
import type { Field, Message } from '../wire/message.ts';
import { textOf } from '../wire/message.ts';
import { isHeard, type Keyring, type MessageForm, seal } from '../wire/seal.ts';

/** Who this node is, for as long as it runs. */
export interface Identity {
  readonly name: string;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** Larger than that of each run before. */
  readonly generation: number;
  /** Hops, for rings of serial lines. */
  readonly ttl: number;
}

/** What of the world stands in messages. */
export interface World {
  /** Seconds since 1970. */
  seconds(): number;
  /** As /proc/loadavg has it. */
  load(): string;
}

export interface PostOptions {
  readonly identity: Identity;
  readonly form: MessageForm;
  readonly world: World;
  /** The other nodes' uuids, as far as they are known. */
  uuidOf(node: string): Uint8Array | undefined;
}

/** Messages without a number: nobody asks for them again. */
const UNNUMBERED = 'NS_';

/** So many words of resources are known as such. */
const MOST_STATES = 50;

/** Makes datagrams of messages, in the order of fields that Heartbeat has, and keeps what may be asked for
 *  again. Source: observed on Heartbeat 3.0.6. */
export class Post {
  #keyring: Keyring;
  readonly #options: PostOptions;
  readonly #history = new History();
  /** Numbers of what was said of resources, the newest last. */
  readonly #states: number[] = [];
  #state: Message | undefined;

  constructor(keyring: Keyring, options: PostOptions) {
    this.#keyring = keyring;
    this.#options = options;
  }

  get keyring(): Keyring {
    return this.#keyring;
  }

  /** What is kept is signed with the key of its time: without that key nobody could read it. */
  rekey(keyring: Keyring): void {
    const { number, method, secret } = this.#keyring.current;
    this.#keyring = keyring;
    const isKnown = keyring.keys.some(
      (key) =>
        key.number === number &&
        key.method === method &&
        key.secret === secret &&
        isHeard(key, keyring),
    );
    if (!isKnown) this.#history.clear();
  }

  /** @param now  milliseconds, monotonic */
  datagram(message: Message, now: number): Buffer {
    const { form } = this.#options;
    if (textOf(message, 't')?.startsWith(UNNUMBERED))
      return seal(this.#complete(message), this.#keyring, form);
    const seq = this.#history.next();
    const datagram = seal(this.#complete(message, seq), this.#keyring, form);
    this.#history.add(seq, datagram, now);
    if (textOf(message, 't') === 'resource') this.#note(seq, message);
    return datagram;
  }

  /** See {@link History.again}.
   *  @returns  and, where that says of resources what does not hold any more, what holds */
  again(first: number, last: number, now: number) {
    const reply = this.#history.again(first, last, now);
    const older = this.#states.slice(0, -1);
    const isOutdated = reply.numbers.some((seq) => older.includes(seq));
    return { ...reply, state: isOutdated ? this.#state : undefined };
  }

  /** Without the occasion on which it was said, but for that of leaving. */
  #note(seq: number, message: Message): void {
    this.#states.push(seq);
    if (this.#states.length > MOST_STATES) this.#states.shift();
    this.#state = message.filter(
      ([name, value]) => name !== 'info' || value === 'shutdown',
    );
  }

  #complete(message: Message, seq?: number): Message {
    const { identity, world, uuidOf } = this.#options;
    const { name, uuid, generation, ttl } = identity;
    const dest = textOf(message, 'dest');
    const destuuid = dest === undefined ? undefined : uuidOf(dest);
    const fields: (Field | undefined)[] = [
      ...message,
      destuuid && ['destuuid', destuuid],
      ['src', name],
      ['srcuuid', uuid],
      seq === undefined ? undefined : ['seq', hex(seq)],
      ['hg', hex(generation)],
      ['ts', hex(world.seconds())],
      seq === undefined ? undefined : ['ld', world.load()],
      ['ttl', String(ttl)],
    ];
    return fields.filter((field) => field !== undefined);
  }
}

function hex(number: number): string {
  return number.toString(16);
}
