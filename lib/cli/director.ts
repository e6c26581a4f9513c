import type { Call } from '../control/calls.ts';
import { ask, readStatus } from '../control/client.ts';
import { findInstance } from '../instance/instance.ts';
import { EXIT } from '../instance/launch.ts';
import { reasonOf } from '../model/reason.ts';
import type { StatusDocument } from '../model/status.ts';
import type { Context } from './context.ts';
import { printable } from './show-text.ts';
import { WrongUsage } from './wrong-usage.ts';

/** The running director of a command line, to be asked over its control socket. */
export interface Director {
  readonly socket: string;
  status(): Promise<StatusDocument>;
  ask<T>(call: Call<T>, patience?: Patience): Promise<T>;
}

interface Patience {
  /** 10 s unless told. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const ANSWER_MS = 10_000;

export function directorOf({ line }: Context): Director {
  const { socket } = findInstance(line.instance, line.runtimeDir);
  return {
    socket,
    status: () => readStatus(socket, { timeoutMs: ANSWER_MS }),
    ask: (call, { timeoutMs = ANSWER_MS, signal } = {}) =>
      ask(socket, { ...call, timeoutMs, signal }),
  };
}

/** An action that asks a director: what it throws is told in one line, as a terminal may show it. */
export function asking(
  run: (context: Context) => Promise<number>,
): (context: Context) => Promise<number> {
  return async (context) => {
    try {
      return await run(context);
    } catch (error) {
      const { socket } = directorOf(context);
      context.err(printable(reasonAt(error, socket)));
      return error instanceof WrongUsage ? EXIT.usage : EXIT.failed;
    }
  };
}

/** Why it could not be done, in words. An answer that lacks what every director says breaks whoever works with
 *  it: that is no defect of the command's.
 *  @param socket  where was asked */
export function reasonAt(error: unknown, socket: string): string {
  if (error instanceof TypeError || error instanceof RangeError)
    return `${socket} did not answer as a director does: ${error.message}`;
  return reasonOf(error);
}

/** What an operator types again to name this director: `l4director`, `l4director x.cf`. */
export function calledAs({ line }: Context): string {
  const config = line.configGiven ? ` ${line.config}` : '';
  const folder =
    line.runtimeDir === undefined ? '' : ` --runtime-dir ${line.runtimeDir}`;
  return `l4director${folder}${config}`;
}
