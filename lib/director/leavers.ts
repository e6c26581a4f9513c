import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../model/log.ts';
import type { RealRef } from '../model/override.ts';
import type { Traffic } from '../model/traffic.ts';
import { serviceLabel } from '../model/virtual-service.ts';
import type { Pool } from '../pool/pool.ts';
import { hasReserve, LEAVING } from '../pool/reserve.ts';
import { drained } from './drain.ts';

/** Settles when nothing goes to a server any more, whose weight is 0. Rejects at the abort, or when that cannot
 *  be known. */
export type WhenEmpty = (ref: RealRef, signal: AbortSignal) => Promise<void>;

/** Where it cannot be known it is tried again after that time. */
const AGAIN_MS = 30_000;

/** What the engine has picked a server for just now shows as a connection then. */
const LINGER_MS = 500;
/** One that clients stay at for days is looked at no more often. */
const LOOK_MS = 5000;

/** How engines are asked. */
export function createWhenEmpty(engines: {
  readonly traffic: Traffic;
  /** Settles when what is wanted now is in force. */
  inForce(): Promise<void>;
}): WhenEmpty {
  return async (ref, signal) => {
    await delay(LINGER_MS, undefined, { signal });
    await engines.inForce();
    await drained(ref, engines.traffic, Infinity, signal, LOOK_MS);
  };
}

interface Parties {
  readonly log: Log;
  readonly whenEmpty: WhenEmpty;
}

/** Waits for those of a service's reserve that have stepped out to be empty, each until it is or steps in
 *  again. Disposing ends the waiting. */
export class Leavers implements Disposable {
  readonly #parties: Parties;
  readonly #empty: (realId: string) => void;
  readonly #waiting = new Map<string, AbortController>();

  /** @param empty  hears whom nothing goes to any more */
  constructor(parties: Parties, empty: (realId: string) => void) {
    this.#parties = parties;
    this.#empty = empty;
  }

  follow(pool: Pool): void {
    const { service, reals } = pool;
    if (!hasReserve(reals) && this.#waiting.size === 0) return;
    const leaving = new Set<string>();
    for (const { real, duty } of reals) if (duty === LEAVING) leaving.add(real.id);
    for (const [id, control] of this.#waiting)
      if (!leaving.has(id)) this.#callOff(id, control);
    for (const id of leaving)
      if (!this.#waiting.has(id))
        void this.#wait({ service: service.id, real: id }, serviceLabel(service));
  }

  [Symbol.dispose](): void {
    for (const [id, control] of this.#waiting) this.#callOff(id, control);
  }

  #callOff(id: string, control: AbortController): void {
    control.abort();
    this.#waiting.delete(id);
  }

  /** Never rejects. */
  async #wait(ref: RealRef, label: string): Promise<void> {
    const control = new AbortController();
    const { signal } = control;
    this.#waiting.set(ref.real, control);
    const isEmpty = () =>
      this.#parties.whenEmpty(ref, signal).then(
        () => true,
        (error: unknown) => {
          if (!signal.aborted) this.#say(ref, label, error);
          return false;
        },
      );
    while (!signal.aborted && !(await isEmpty()))
      await delay(AGAIN_MS, undefined, { signal }).catch(() => {});
    if (!signal.aborted) this.#empty(ref.real);
  }

  #say({ real }: RealRef, label: string, error: unknown): void {
    this.#parties.log.warn(
      `Whether clients are left at ${real} (${label}), which has stepped out, is not known: ${String(error)}; asked again in ${AGAIN_MS / 1000} s`,
    );
  }
}
