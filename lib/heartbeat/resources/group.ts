import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../model/log.ts';
import { TimeLimit } from '../../model/time-limit.ts';
import type { ResourceGroup } from '../config/haresources.ts';
import type { Runnable } from './runnable.ts';

/** As Heartbeat has it. */
const STOP_TRIES = 10;
const STOP_RETRY_MS = 1000;

export interface GroupHow {
  readonly log: Log;
  /** For all tries of one stop together, milliseconds: one that hangs is not waited for ten times, since what
   *  stands left of it, the address at last, has to go. */
  readonly stopMs: number;
}

/** What came of a start. `failed`: nothing of the group runs. `stuck`: nor does all of it, but something did not stop
 *  again, so that the other node must not have it. */
export type Started = 'runs' | 'failed' | 'stuck';

/** A line of haresources: its resources, started from left to right, stopped from right to left. */
export class Group {
  readonly source: ResourceGroup;
  readonly #resources: readonly Runnable[];
  readonly #log: Log;
  readonly #stopMs: number;

  constructor(
    source: ResourceGroup,
    resources: readonly Runnable[],
    { log, stopMs }: GroupHow,
  ) {
    this.source = source;
    this.#resources = resources;
    this.#log = log;
    this.#stopMs = stopMs;
  }

  /** One that does not start takes all of its group with it. */
  async start(signal: AbortSignal): Promise<Started> {
    this.#log.info(`Acquiring resource group: ${this.#words()}`);
    for (const resource of this.#resources)
      try {
        await resource.start(signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#log.error(`${resource.word} did not start: ${String(error)}`);
        this.#log.error(`Giving up resources due to failure of ${resource.word}`);
        return (await this.stop(signal)) ? 'failed' : 'stuck';
      }
    return 'runs';
  }

  /** All of it, whether it runs or not, and whatever fails.
   *  @returns  whether all of it has stopped */
  async stop(signal: AbortSignal): Promise<boolean> {
    this.#log.info(`Releasing resource group: ${this.#words()}`);
    let hasStopped = true;
    for (const resource of this.#resources.toReversed())
      hasStopped = (await this.#stop(resource, signal)) && hasStopped;
    return hasStopped;
  }

  async #stop(resource: Runnable, signal: AbortSignal): Promise<boolean> {
    using limit = new TimeLimit(this.#stopMs, signal);
    let reason = '';
    for (let tries = 1; ; tries++) {
      try {
        await resource.stop(limit.signal);
        return true;
      } catch (error) {
        signal.throwIfAborted();
        reason = String(error);
      }
      if (tries === STOP_TRIES || limit.signal.aborted) break;
      await delay(STOP_RETRY_MS, undefined, { signal });
      this.#log.info(`Retrying failed stop operation [${resource.word}] (${reason})`);
    }
    if (await this.#hasEnded(resource, signal)) {
      this.#log.warn(`${resource.word} says that it does not stop, but does not run`);
      return true;
    }
    this.#log.error(
      `${resource.word} did not stop: it may run on both nodes. Stop it by hand (${reason})`,
    );
    return false;
  }

  async #hasEnded(resource: Runnable, signal: AbortSignal): Promise<boolean> {
    try {
      return !(await resource.isRunning(signal));
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  #words(): string {
    return [this.source.node, ...this.#resources.map(({ word }) => word)].join(' ');
  }
}
