import { cpuOf, memoryOf } from '../proc.ts';
import { type Bench, type Case, Daemon } from './daemon.ts';

/** One start, from the exec on. */
export interface Start {
  /** Until all listeners are open. */
  readonly ms: number;
  /** Processor time until then, milliseconds. */
  readonly cpuMs: number;
  /** Resident bytes then. */
  readonly memory: number;
}

export async function measureStart(bench: Bench, is: Case): Promise<Start> {
  await using daemon = await Daemon.start(bench, is);
  await daemon.listening(is.services);
  const ms = performance.now() - daemon.began;
  return { ms, cpuMs: cpuOf(daemon.pid) / 1000, memory: memoryOf(daemon.pid) };
}
