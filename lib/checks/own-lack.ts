/** What this host has too few of, not the server. Source: errno(3). */
const OURS: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/** By the signal that a check was given, and hands on to every step. */
const seen = new WeakMap<AbortSignal, string>();

/** Whether it says that this host had no descriptor left. */
export function isOwnLack(error: unknown): error is Error & { readonly code: unknown } {
  return error instanceof Error && 'code' in error && OURS.has(error.code);
}

/** Notes for the check with that signal, if so, that it had no descriptor to ask with. */
export function noteLack(error: unknown, signal: AbortSignal): void {
  if (isOwnLack(error)) seen.set(signal, String(error.code));
}

/** The error's code; undefined: the check with that signal could ask. */
export function lackSeen(signal: AbortSignal): string | undefined {
  return seen.get(signal);
}

const QUIET_MS = 60_000;

/** Says that checks are not made, once a minute. */
export class LackNews {
  readonly #say: (message: string) => void;
  readonly #clock: () => number;
  #saidAt = -Infinity;

  /** @param clock milliseconds, monotonic */
  constructor(say: (message: string) => void, clock: () => number) {
    this.#say = say;
    this.#clock = clock;
  }

  /** @param code the error's */
  came(code: string): void {
    const now = this.#clock();
    if (now - this.#saidAt < QUIET_MS) return;
    this.#saidAt = now;
    this.#say(
      `No file descriptors left for checks (${code}): those that find none say nothing, and servers stay as they are. Raise the limit of open files (LimitNOFILE= in the unit, or ulimit -n)`,
    );
  }
}
