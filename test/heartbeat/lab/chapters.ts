import type { Test } from 'tap';
import type { Name, Timing, TwoHosts } from './two-hosts.ts';

/** HEARTBEAT=long plays with the times that people have. */
const IS_LONG = process.env.HEARTBEAT === 'long';
export const TIMING: Omit<Timing, 'auto_failback'> = IS_LONG
  ? { keepalive: '2', warntime: '5', deadtime: '10', initdead: '20' }
  : { keepalive: '500ms', warntime: '1', deadtime: '2', initdead: '4' };
const KEEPALIVE_MS = IS_LONG ? 2000 : 500;
/** Until Node runs, which removes the address first; that alone takes a second on a busy machine. */
export const RETURN_MS = IS_LONG ? 1000 : 4000;
/** deadtime, and a second; the short form runs beside other tests. */
const BOUND_MS = IS_LONG ? 10_000 + 1000 : 2000 + 3000;
/** Of a story. */
export const PATIENCE_MS = IS_LONG ? 600_000 : 240_000;

/** One thing that happens to two nodes of ours. */
export interface Chapter {
  readonly name: string;
  act(two: TwoHosts): unknown;
  /** Who serves in the end. */
  readonly by: Name;
  /** The other one is dead, frozen or cut off, or was until now: its kernel keeps the address. */
  readonly alone?: boolean;
  /** For which both may have it; default: a keepalive, or, where one is alone, any time. */
  readonly togetherMs?: number;
}

/** A node ends and comes back. */
export const ENDS: readonly Chapter[] = [
  {
    name: 'graceful stop',
    act: ({ lb1 }) => lb1.command('stop'),
    by: 'lb2',
    alone: true,
  },
  { name: 'return', act: ({ lb1 }) => lb1.start(), by: 'lb1' },
  { name: 'kill -9', act: ({ lb1 }) => lb1.host.killAll(), by: 'lb2', alone: true },
  {
    name: 'its return',
    act: ({ lb1 }) => lb1.start(),
    by: 'lb1',
    alone: true,
    togetherMs: RETURN_MS,
  },
];

/** What they do while both run. */
export const MOVES: readonly Chapter[] = [
  { name: 'standby', act: ({ lb1 }) => lb1.command('standby'), by: 'lb2' },
  { name: 'takeover', act: ({ lb1 }) => lb1.command('takeover'), by: 'lb1' },
  { name: 'a cut link', act: ({ lb1 }) => lb1.host.cut(), by: 'lb2', alone: true },
  {
    name: 'a healed link',
    act: ({ lb1 }) => lb1.host.restore(),
    by: 'lb1',
    alone: true,
  },
  { name: 'frozen', act: ({ lb1 }) => lb1.signal('SIGSTOP'), by: 'lb2', alone: true },
  { name: 'thawed', act: ({ lb1 }) => lb1.signal('SIGCONT'), by: 'lb1', alone: true },
];

/** From cold, with lb1 at work, all of them one after the other. */
export async function tell(
  t: Test,
  two: TwoHosts,
  chapters: readonly Chapter[],
): Promise<void> {
  two.lb1.start();
  two.lb2.start();
  await two.rests('lb1');
  for (const chapter of chapters) {
    await play(t, two, chapter);
    // The next chapter begins when both are at rest, unless this one leaves one of them gone.
    if (chapter.by === 'lb1') await two.rests('lb1');
  }
}

async function play(t: Test, two: TwoHosts, chapter: Chapter): Promise<void> {
  const { name, act, by, alone = false } = chapter;
  const { togetherMs = alone ? Number.POSITIVE_INFINITY : KEEPALIVE_MS } = chapter;
  const since = performance.now();
  await act(two);
  await two.settles(by, alone);
  const outage = Math.round(two.visitor.outage(since));
  const together = Math.round(two.holders.together(since));
  t.comment(
    `${name}: nobody answered for ${outage} ms, both had it for ${together} ms`,
  );
  t.ok(outage <= BOUND_MS, `${name}: ${outage} ms of ${BOUND_MS}`);
  t.ok(together <= togetherMs, `${name}: both for ${together} ms`);
}
