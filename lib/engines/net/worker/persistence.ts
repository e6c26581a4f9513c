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
const RECHECK_MS = 60_000;

interface Options {
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly timeoutMs: number;
  /** Most templates; past it the one with the least time left goes. */
  readonly limit: number;
}

/** The persistence templates of one service: which server a client keeps, whatever the
 *  scheduler says. Source: ipvsadm(8), "-p"; rules as the kernel's ip_vs_sched_persist. */
export class Persistence<S> {
  readonly #clock: () => number;
  readonly #limit: number;
  #timeoutMs: number;
  /** Both in the order of their expiry: those with their full time, and those kept by an open
   *  connection after it. */
  readonly #timed = new Map<string, Template<S>>();
  readonly #held = new Map<string, Template<S>>();

  constructor(options: Options) {
    this.#clock = options.clock;
    this.#limit = options.limit;
    this.#timeoutMs = options.timeoutMs;
  }

  /** Templates alive, as of the last {@link sweep}. */
  get size(): number {
    return this.#timed.size + this.#held.size;
  }

  /** Holds for templates that are made or used from now on. */
  set timeoutMs(value: number) {
    this.#timeoutMs = value;
  }

  find(key: string): Template<S> | undefined {
    const template = this.#timed.get(key) ?? this.#held.get(key);
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

  /** Drops the templates of servers that left the table. */
  drop(gone: (server: S) => boolean): void {
    for (const template of this.#all())
      if (gone(template.server)) this.#forget(template);
  }

  /** As many as there are now; they may come and go meanwhile. */
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
  }

  /** Milliseconds until the next {@link sweep} has something to do; undefined: nothing alive. */
  nextSweepMs(): number | undefined {
    const [timed] = this.#timed.values();
    const [held] = this.#held.values();
    if (!timed && !held) return undefined;
    const next = Math.min(timed?.expires ?? Infinity, held?.expires ?? Infinity);
    return Math.max(0, next - this.#clock());
  }

  *#all(): Generator<Template<S>> {
    yield* this.#timed.values();
    yield* this.#held.values();
  }

  /** @returns whether an open connection keeps it */
  #recheck(template: Template<S>): boolean {
    this.#forget(template);
    if (template.open === 0) return false;
    template.expires = this.#clock() + RECHECK_MS;
    this.#held.set(template.key, template);
    return true;
  }

  #forget(template: Template<S>): void {
    for (const queue of [this.#timed, this.#held])
      if (queue.get(template.key) === template) queue.delete(template.key);
  }

  #makeRoom(): void {
    if (this.size < this.#limit) return;
    const [oldest] = this.#timed.values();
    const [held] = this.#held.values();
    const victim = oldest ?? held;
    if (victim) this.#forget(victim);
  }
}
