/** What a client began with. */
export type FirstBytes<T> =
  /** `rest`: what is not the reader's. */
  | { readonly kind: 'done'; readonly found: T; readonly rest: Buffer }
  /** Nothing that can be served; why, in words. */
  | { readonly kind: 'bad'; readonly reason: string };

/** Reads what a client begins with, as its bytes come. Knows no sockets and no clock, and holds no more than a
 *  bound of its own. */
export interface FirstReader<T> {
  /** Bytes so far. */
  readonly seen: number;
  /** @returns undefined: more is needed. Not to be called again after another answer. */
  take(chunk: Buffer): FirstBytes<T> | undefined;
}
