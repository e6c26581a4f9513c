/** A signal that is aborted by another one, for its reason, or with a `TimeoutError` when its time is over,
 *  and leaves neither a timer nor a listener behind. (On Node 20 `AbortSignal.any` keeps hold of a
 *  long-lived source, and lets go of an `AbortSignal.timeout`, which never comes then.) */
export class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #source: AbortSignal | undefined;
  readonly #abort = () => this.#controller.abort(this.#source?.reason);

  /** @param ms  milliseconds */
  constructor(ms: number, source?: AbortSignal) {
    this.#source = source;
    this.#timer = setTimeout(() => this.#controller.abort(overdue(ms)), ms);
    source?.addEventListener('abort', this.#abort, { once: true });
    if (source?.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#source?.removeEventListener('abort', this.#abort);
  }
}

function overdue(ms: number): DOMException {
  return new DOMException(`timeout after ${ms / 1000} s`, 'TimeoutError');
}
