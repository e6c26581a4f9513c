import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { server } from '../lab/daemon.ts';
import type { Visit } from '../lab/traffic.ts';
import type { Stage, Web } from './stage.ts';

/** The words that scenarios are told in. */

const CHECKED_WITHIN = 10_000;

/** Name of the host that made the page. */
export function servedBy(visit: Visit): string {
  return visit.outcome === 'ok'
    ? (visit.body.trim().split('\n').at(-1) ?? '')
    : visit.outcome;
}

/** Starts the daemon and waits until every server was checked once. */
export async function start({ daemon }: Stage, t: Test): Promise<void> {
  const answer = await daemon.command('start');
  t.match(answer, { code: 0, stdout: '' }, 'start succeeds');
  const words = answer.stderr
    .split('\n')
    .filter((line) => !/^$|: warning: /.test(line));
  t.strictSame(words, [], 'and has nothing to say but warnings of the config');
  await daemon.until(
    ({ reals }) => reals.every(({ state }) => state !== 'starting'),
    CHECKED_WITHIN,
  );
}

/** `count` connections in turn, strictly alternating between exactly these hosts.
 *  @returns them */
export async function alternates(
  { client, url }: Stage,
  t: Test,
  hosts: readonly string[],
  count = 12,
): Promise<readonly Visit[]> {
  const visits = await client.do('visits', url, count);
  const order = visits.map(servedBy);
  const first = hosts.indexOf(order[0] ?? '');
  const expected = order.map((_, i) => hosts[(first + i) % hosts.length]);
  t.strictSame(order, expected, `served by ${hosts.join(', ')} in strict turn`);
  return visits;
}

/** Waits for a server to be in force with that weight, or out of force.
 *  @returns milliseconds that it took */
export function weighs(
  { daemon }: Stage,
  { id }: Pick<Web, 'id'>,
  weight: number,
  withinMs: number,
): Promise<number> {
  return daemon.until((service) => server(service, id).weight === weight, withinMs);
}

/** Waits until the log has lines that match, in that order; others may stand between. */
export async function logs(
  { daemon }: Stage,
  t: Test,
  ...patterns: readonly RegExp[]
): Promise<void> {
  const deadline = performance.now() + 10_000;
  let lines: readonly string[] = [];
  let left: readonly RegExp[] = patterns;
  while (left.length > 0 && performance.now() < deadline) {
    lines = await daemon.log();
    left = patterns;
    for (const line of lines) if (left[0]?.test(line)) left = left.slice(1);
    if (left.length > 0) await sleep(50);
  }
  t.strictSame(
    left,
    [],
    `the log tells it${left.length > 0 ? `:\n${lines.join('\n')}` : ''}`,
  );
}

/** Waits until clients find nobody listening: the log line comes first, the engine follows. */
export async function refused({ client, url }: Stage, t: Test): Promise<void> {
  const deadline = performance.now() + 5000;
  let outcome = '';
  do outcome = (await client.do('visit', url)).outcome;
  while (outcome !== 'ECONNREFUSED' && performance.now() < deadline);
  t.equal(outcome, 'ECONNREFUSED', 'nobody listens');
}
