import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PROGRAMS } from '../needs.ts';
import type { Place } from '../place.ts';

interface How {
  /** At once. */
  readonly connections: number;
  /** Words in front of the command. */
  readonly prefix: readonly string[];
}

/** Requests for `/small` with wrk, over 32 connections unless told otherwise.
 *  @param kept  false: a connection for each request
 *  @returns requests answered. @throws when one was not */
export async function smallRequests(
  { host, port }: Place,
  seconds: number,
  kept: boolean,
  signal: AbortSignal,
  { connections, prefix }: How = { connections: 32, prefix: [] },
): Promise<number> {
  const [command = PROGRAMS.wrk.path, ...rest] = [...prefix, PROGRAMS.wrk.path];
  const { stdout } = await promisify(execFile)(
    command,
    [
      ...rest,
      ...['--threads', '1', '--connections', `${connections}`],
      ...['--duration', `${seconds}s`],
      ...(kept ? [] : ['--header', 'Connection: close']),
      `http://${host}:${port}/small`,
    ],
    { timeout: seconds * 1000 + 20_000, signal },
  );
  const trouble = /Socket errors.*|Non-2xx.*/.exec(stdout);
  if (trouble) throw new Error(`wrk: ${trouble[0]}`);
  return Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
}
