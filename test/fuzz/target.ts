import type fc from 'fast-check';

/** What takes one kind of input from outside. Inputs are plain JSON, so that one that fails can be written down. */
export interface Target<T = unknown> {
  /** Bytes in one call; talks over sockets take their time, and are fewer. */
  readonly kind: 'pure' | 'talk';
  /** What of the sources takes it, as `c8 --include` reads it. */
  readonly covers: string;
  /** Most processor time for one input, milliseconds. */
  readonly boundMs: number;
  readonly inputs: fc.Arbitrary<T>;
  open(): Promise<Opened<T>>;
}

/** A target at work. Disposing throws where something was left open. */
export interface Opened<T> extends AsyncDisposable {
  /** Throws, or rejects, when it did what it must not. */
  take(input: T): void | Promise<void>;
}

/** Forgets the type of its inputs: nobody but the target itself looks into them. */
export function target<T>(row: Target<T>): Target {
  return row as unknown as Target;
}

/** One without anything to open. */
export function pure<T>(
  row: Omit<Target<T>, 'kind' | 'open'> & { readonly take: Opened<T>['take'] },
): Target {
  const { take, ...rest } = row;
  const opened = { take, async [Symbol.asyncDispose]() {} };
  return target({ ...rest, kind: 'pure', open: async () => opened });
}

/** What a target promises, and did not keep. */
class Broken extends Error {}

/** @throws  what failed */
export function demand(holds: boolean, what: () => string): void {
  if (!holds) throw new Broken(what());
}

/** Runs what may refuse its input in words of its own. A defect shows as another error, a TypeError mostly.
 *  @returns undefined when it refused */
export function refusable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Those of the engine say nothing of what was expected.
  if (error instanceof RangeError) return error.message.includes('expected');
  return error.constructor === Error || error instanceof SyntaxError;
}
