/** What a node says of itself, or is taken for; `ping`: a host that is pinged, and answers. */
export type MemberStatus = 'init' | 'up' | 'active' | 'dead' | 'ping';

/** What one status message says. */
export interface Word {
  readonly status: MemberStatus;
  /** How long the node itself wants its silence to be borne, milliseconds; undefined: it does not say. */
  readonly deadAfterMs: number | undefined;
  /** Grows with each start of the node. */
  readonly generation: number;
}

/** What became of a node. */
export type Happening =
  | { readonly type: 'status'; readonly node: string; readonly status: MemberStatus }
  /** It is another run of the program: what was known of the last one is void. */
  | { readonly type: 'restarted'; readonly node: string }
  | { readonly type: 'late'; readonly node: string; readonly ms: number }
  | { readonly type: 'dead'; readonly node: string }
  /** It had been taken for dead, and never ended: both may have what only one should. */
  | { readonly type: 'healed'; readonly node: string }
  /** Of each node it is known whether it is there. */
  | { readonly type: 'communication-up' };

export interface Patience {
  /** For a node that does not say how long: milliseconds, as everywhere here. */
  readonly deadAfterMs: number;
  /** A message that comes later than that is told of. */
  readonly lateAfterMs: number;
}

/** What is known of one other node. */
export class Member {
  readonly name: string;
  readonly #patience: Patience;
  #status: MemberStatus = 'init';
  #deadAfterMs: number;
  #heardAt: number | undefined;
  #generation = 0;

  constructor(name: string, patience: Patience) {
    this.name = name;
    this.#patience = patience;
    this.#deadAfterMs = patience.deadAfterMs;
  }

  get status(): MemberStatus {
    return this.#status;
  }

  /** Of its last word; 0: there was none. */
  get generation(): number {
    return this.#generation;
  }

  /** It was heard, or is taken for dead. */
  get isKnown(): boolean {
    return this.#status !== 'init' || this.#heardAt !== undefined;
  }

  get isThere(): boolean {
    return this.#heardAt !== undefined && this.#status !== 'dead';
  }

  /** When its silence is too long, on the caller's clock; Infinity: it was not heard. */
  get deadAt(): number {
    return this.isThere && this.#heardAt !== undefined
      ? this.#heardAt + this.#deadAfterMs
      : Number.POSITIVE_INFINITY;
  }

  /** A status message of a generation that is not older than the last one. */
  hear(word: Word, now: number): Happening[] {
    const { name: node } = this;
    const happened = this.begin(word.generation, now);
    if (happened.length === 0) happened.push(...this.#return(now));
    this.#generation = word.generation;
    this.#heardAt = now;
    if (word.deadAfterMs !== undefined) this.#deadAfterMs = word.deadAfterMs;
    if (word.status !== this.#status) {
      this.#status = word.status;
      happened.push({ type: 'status', node, status: word.status });
    }
    return happened;
  }

  /** A message of any kind: a larger generation is another run. */
  begin(generation: number, now: number): Happening[] {
    if (generation <= this.#generation || this.#generation === 0) return [];
    this.#generation = generation;
    this.#heardAt = now;
    this.#deadAfterMs = this.#patience.deadAfterMs;
    const { name: node } = this;
    const wasInit = this.#status === 'init';
    this.#status = 'init';
    const restarted: Happening = { type: 'restarted', node };
    return wasInit
      ? [restarted]
      : [restarted, { type: 'status', node, status: 'init' }];
  }

  /** A host that is pinged has answered. */
  answer(now: number): Happening[] {
    this.#heardAt = now;
    if (this.#status === 'ping') return [];
    this.#status = 'ping';
    return [{ type: 'status', node: this.name, status: 'ping' }];
  }

  /** This node was not there to hear it: it has until then to be heard. */
  excuse(until: number): void {
    if (this.#heardAt !== undefined)
      this.#heardAt = Math.max(this.#heardAt, until - this.#deadAfterMs);
  }

  die(): Happening[] {
    if (this.#status === 'dead') return [];
    this.#status = 'dead';
    return [{ type: 'dead', node: this.name }];
  }

  *#return(now: number): Generator<Happening> {
    const { name: node } = this;
    if (this.#heardAt === undefined || this.#generation === 0) return;
    const ms = now - this.#heardAt;
    if (ms > this.#patience.lateAfterMs) yield { type: 'late', node, ms };
    if (this.#status !== 'dead' && ms > this.#deadAfterMs) yield* this.die();
    if (this.#status === 'dead') yield { type: 'healed', node };
  }
}
