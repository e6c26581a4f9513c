import { setTimeout as wait } from 'node:timers/promises';
import { loopback } from '../place.ts';
import { cpuOf } from '../proc.ts';
import { Program } from '../program.ts';
import { type Bench, type Case, Daemon } from './daemon.ts';
import type { Heard, Trips } from './protocol.ts';

/** One reload with one change, and a second without beside it. */
export interface Reload {
  /** From the signal until the change is in force: the listener is open, or closed. */
  readonly ms: number;
  /** Processor time that it took, milliseconds. */
  readonly cpuMs: number;
  readonly without: Trips;
  readonly with: Trips;
}

/** What a director does once after its start is over by then. */
const SETTLE_MS = 3000;
const WINDOW_MS = 1000;

/** A service comes, and goes again, as often as there are rounds.
 *  @param told hears of each */
export async function measureReloads(
  bench: Bench,
  is: Case,
  rounds: number,
  told: (reload: Reload) => void,
): Promise<readonly Reload[]> {
  const { signal } = bench;
  await using daemon = await Daemon.start(bench, is);
  await daemon.listening(is.services);
  await using pinger = await startPinger(daemon, bench);
  await wait(SETTLE_MS, undefined, { signal });
  const reloads: Reload[] = [];
  for (let round = 0; round < rounds; round++)
    for (const services of [is.services + 1, is.services]) {
      const reload = await measureReload(daemon, pinger, services, signal);
      reloads.push(reload);
      told(reload);
    }
  return reloads;
}

async function measureReload(
  daemon: Daemon,
  pinger: Program<Heard>,
  services: number,
  signal: AbortSignal,
): Promise<Reload> {
  const spent = () => cpuOf(daemon.pid) / 1000;
  await tripsOf(pinger, signal);
  const before = spent();
  await wait(WINDOW_MS, undefined, { signal });
  const without = await tripsOf(pinger, signal);
  daemon.configure(services);
  const between = spent();
  const began = performance.now();
  daemon.reload();
  await daemon.listening(services);
  const ms = performance.now() - began;
  await wait(Math.max(0, WINDOW_MS - ms), undefined, { signal });
  const cpuMs = spent() - between - (between - before);
  return { ms, cpuMs, without, with: await tripsOf(pinger, signal) };
}

async function startPinger(
  { port }: Daemon,
  { signal }: Bench,
): Promise<Program<Heard>> {
  const args = [loopback('service', 0), String(port)];
  const pinger = new Program<Heard>('scale/pinger', args);
  await pinger.next(signal);
  return pinger;
}

async function tripsOf(pinger: Program<Heard>, signal: AbortSignal): Promise<Trips> {
  const next = pinger.next(signal);
  pinger.send('tell');
  const said = await next;
  if (said.kind !== 'trips') throw new Error(`the client told of ${said.kind}`);
  return said.trips;
}
