/** Where a client's connections go, while it is remembered. */
export interface Template<S> {
  readonly key: string;
  server: S;
  /** Connections made under it that are still open. */
  open: number;
  /** On the table's clock. */
  expires: number;
}

/** How long a template whose time is over, but which has open connections, waits for its next
 *  look. Source: net/netfilter/ipvs, ip_vs_conn_expire. */
export const RECHECK_MS = 60_000;

/** What a client's way to another director takes at most, as far as their times are compared. */
const SLACK_MS = 1000;

interface Options<S> {
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly timeoutMs: number;
  /** Most templates; past it the one with the least time left goes. */
  readonly limit: number;
  /** Told of one that an open connection keeps for a while longer. */
  readonly held?: (template: Template<S>) => void;
}

/** The persistence templates of one service: which server a client keeps, whatever the
 *  scheduler says. Source: ipvsadm(8), "-p"; rules as the kernel's ip_vs_sched_persist. */
export class Persistence<S> {
  readonly #clock: () => number;
  readonly #limit: number;
  readonly #kept: (template: Template<S>) => void;
  #timeoutMs: number;
  /** Both in the order of their expiry: those with their full time, and those kept by an open
   *  connection after it. */
  readonly #timed = new Map<string, Template<S>>();
  readonly #held = new Map<string, Template<S>>();
  /** Of an earlier run, in no order: what of them is over is looked for now and then. */
  readonly #left = new Map<string, Template<S>>();
  #leftDue = 0;

  constructor(options: Options<S>) {
    this.#clock = options.clock;
    this.#limit = options.limit;
    this.#kept = options.held ?? (() => {});
    this.#timeoutMs = options.timeoutMs;
  }

  /** Templates alive, as of the last {@link sweep}. */
  get size(): number {
    return this.#left.size + this.#timed.size + this.#held.size;
  }

  /** Holds for templates that are made or used from now on. */
  set timeoutMs(value: number) {
    this.#timeoutMs = value;
  }

  find(key: string): Template<S> | undefined {
    const template = this.#timed.get(key) ?? this.#held.get(key) ?? this.#left.get(key);
    if (!template || this.#clock() < template.expires) return template;
    return this.#recheck(template) ? template : undefined;
  }

  /** A new connection of the client goes to the server: the template is made, or follows it, and
   *  its time begins anew. The caller calls {@link close} when the connection ends. */
  open(key: string, server: S): Template<S> {
    const template = this.find(key) ?? { key, server, open: 0, expires: 0 };
    this.#forget(template);
    template.server = server;
    template.open++;
    template.expires = this.#clock() + this.#timeoutMs;
    this.#makeRoom();
    this.#timed.set(key, template);
    return template;
  }

  close(template: Template<S>): void {
    template.open--;
  }

  /** A client of an earlier run: one that has come since knows better.
   *  @param leftMs  of its time */
  restore(key: string, server: S, leftMs: number): void {
    const isKnown = this.#timed.has(key) || this.#held.has(key);
    if (isKnown || this.size >= this.#limit) return;
    const now = this.#clock();
    if (this.#left.size === 0) this.#leftDue = now + RECHECK_MS;
    const expires = now + Math.min(leftMs, Math.max(this.#timeoutMs, RECHECK_MS));
    this.#left.set(key, { key, server, open: 0, expires });
  }

  /** What another director knows of a client. One with connections stays here, and one that has come here counts
   *  until the other director has seen it later.
   *  @param leftMs  of its time; 0 or less: it was forgotten there */
  merge(key: string, server: S, leftMs: number): void {
    const known = this.find(key);
    if (leftMs <= 0) {
      if (known?.server === server && known.open === 0) this.#forget(known);
      return;
    }
    const now = this.#clock();
    const expires = now + Math.min(leftMs, Math.max(this.#timeoutMs, RECHECK_MS));
    if (known) {
      const isLeft = this.#left.get(key) === known;
      const slack = isLeft ? -SLACK_MS : SLACK_MS;
      if (known.open > 0 || expires - known.expires <= slack) return;
      this.#forget(known);
    } else if (this.size >= this.#limit) return;
    if (this.#left.size === 0) this.#leftDue = now + RECHECK_MS;
    this.#left.set(key, { key, server, open: 0, expires });
  }

  /** Whether it is the client's. */
  has(template: Template<S>): boolean {
    const { key } = template;
    return (
      this.#timed.get(key) === template ||
      this.#held.get(key) === template ||
      this.#left.get(key) === template
    );
  }

  /** Drops the templates of servers that left the table. */
  drop(gone: (server: S) => boolean): void {
    for (const template of this.#all())
      if (gone(template.server)) this.#forget(template);
  }

  /** As many as there are now, the newest last; they may come and go meanwhile. */
  *[Symbol.iterator](): Generator<Template<S>> {
    let left = this.size;
    for (const template of this.#all()) {
      if (left-- <= 0) return;
      yield template;
    }
  }

  /** The client is scheduled anew at its next connection. */
  forget(template: Template<S>): void {
    this.#forget(template);
  }

  /** Drops what is over. Costs what it drops. */
  sweep(): void {
    const now = this.#clock();
    for (const queue of [this.#timed, this.#held])
      for (const template of queue.values()) {
        if (template.expires > now) break;
        this.#recheck(template);
      }
    if (now < this.#leftDue) return;
    for (const template of this.#left.values())
      if (template.expires <= now) this.#recheck(template);
    this.#leftDue = now + RECHECK_MS;
  }

  /** Milliseconds until the next {@link sweep} has something to do; undefined: nothing alive. */
  nextSweepMs(): number | undefined {
    const [timed] = this.#timed.values();
    const [held] = this.#held.values();
    if (this.size === 0) return undefined;
    const next = Math.min(
      timed?.expires ?? Infinity,
      held?.expires ?? Infinity,
      this.#left.size > 0 ? this.#leftDue : Infinity,
    );
    return Math.max(0, next - this.#clock());
  }

  *#all(): Generator<Template<S>> {
    yield* this.#left.values();
    yield* this.#timed.values();
    yield* this.#held.values();
  }

  /** @returns whether an open connection keeps it */
  #recheck(template: Template<S>): boolean {
    this.#forget(template);
    if (template.open === 0) return false;
    template.expires = this.#clock() + RECHECK_MS;
    this.#held.set(template.key, template);
    this.#kept(template);
    return true;
  }

  #forget(template: Template<S>): void {
    for (const queue of [this.#timed, this.#held, this.#left])
      if (queue.get(template.key) === template) queue.delete(template.key);
  }

  #makeRoom(): void {
    if (this.size < this.#limit) return;
    const [victim] = this.#all();
    if (victim) this.#forget(victim);
  }
}
