import type { Options } from './options.ts';

/** What a measurement may need besides its subject. */
export interface Context {
  readonly options: Options;
  readonly signal: AbortSignal;
  /** Small requests a second that are half of what the director can do; measured once. */
  readonly halfLoad: () => Promise<number>;
}
