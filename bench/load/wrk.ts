import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PROGRAMS } from '../needs.ts';
import type { Place } from '../place.ts';

/** Requests for `/small` over 32 connections with wrk.
 *  @param kept  false: a connection for each request
 *  @returns requests answered. @throws when one was not */
export async function smallRequests(
  { host, port }: Place,
  seconds: number,
  kept: boolean,
  signal: AbortSignal,
): Promise<number> {
  const { stdout } = await promisify(execFile)(
    PROGRAMS.wrk.path,
    [
      ...['--threads', '1', '--connections', '32', '--duration', `${seconds}s`],
      ...(kept ? [] : ['--header', 'Connection: close']),
      `http://${host}:${port}/small`,
    ],
    { timeout: seconds * 1000 + 20_000, signal },
  );
  const trouble = /Socket errors.*|Non-2xx.*/.exec(stdout);
  if (trouble) throw new Error(`wrk: ${trouble[0]}`);
  return Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
}
