import { endpoint } from '../../model/address.ts';
import type { ServiceOutcome } from '../../model/engine.ts';
import { canonical, hostAddresses } from './host-addresses.ts';
import { ipvsServices } from './ip-vs.ts';
import { ipvsProblem, listenProblem, type Place } from './problem.ts';
import type { ListenReport } from './protocol.ts';

/** Beside the codes of failed listens. */
const IPVS = 'IPVS';
const LOOK_MS = 250;
const RETRY_MS = 1000;
/** An address that is waited for is also tried when no interface shows it, this often: it may
 *  be bindable otherwise, as with net.ipv4.ip_nonlocal_bind. */
const BLIND_RETRY_MS = 5000;

interface Options {
  /** Where procfs is mounted. */
  readonly proc: string;
  /** Asks the workers to try these services again. */
  retry(services: readonly string[]): void;
  /** An outcome that changed by itself. */
  changed(outcome: ServiceOutcome): void;
}

interface Listener {
  readonly place: Place;
  outcome: ServiceOutcome;
  /** Why it does not listen; undefined when all is well. */
  code: string | undefined;
  triedAt: number;
}

/** How each service's listener is, in words; and the retries of those that could not open. */
export class Listeners {
  readonly #options: Options;
  readonly #listeners = new Map<string, Listener>();
  #held: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Before new services are carried: whose addresses IPVS holds. */
  async lookForIpvs(): Promise<void> {
    this.#held = await ipvsServices(this.#options.proc);
  }

  mayListen(place: Place): boolean {
    return !this.#held.has(endpointOf(place));
  }

  /** What a worker said. Settles when the outcome is in words. */
  async report(place: Place, report: ListenReport): Promise<void> {
    const listener = this.#listener(place);
    const code = this.#codeOf(place, report);
    listener.triedAt = performance.now();
    const same = code !== undefined && code === listener.code;
    listener.code = code;
    if (!same) {
      const outcome = await this.#describe(place, report, code);
      if (listener.code === code) listener.outcome = outcome;
    }
    this.#watch();
  }

  /** The same, for one that came by itself. */
  async hear(place: Place, report: ListenReport): Promise<void> {
    const before = this.#listeners.get(place.id)?.outcome;
    await this.report(place, report);
    const after = this.outcome(place.id);
    if (JSON.stringify(before) !== JSON.stringify(after)) this.#options.changed(after);
  }

  outcome(id: string): ServiceOutcome {
    return this.#listeners.get(id)?.outcome ?? { id, state: 'idle' };
  }

  forget(id: string): void {
    this.#listeners.delete(id);
  }

  close(): void {
    this.#listeners.clear();
    clearTimeout(this.#timer);
  }

  #listener(place: Place): Listener {
    const known = this.#listeners.get(place.id);
    if (known) return known;
    const outcome: ServiceOutcome = { id: place.id, state: 'idle' };
    const listener = { place, outcome, code: undefined, triedAt: 0 };
    this.#listeners.set(place.id, listener);
    return listener;
  }

  #codeOf(place: Place, report: ListenReport): string | undefined {
    if (!this.mayListen(place)) return IPVS;
    return report.state === 'failed' ? report.code : undefined;
  }

  async #describe(
    place: Place,
    report: ListenReport,
    code: string | undefined,
  ): Promise<ServiceOutcome> {
    if (code === IPVS) return ipvsProblem(place);
    if (code !== undefined) return listenProblem(place, code, this.#options.proc);
    const state = report.state === 'listening' ? 'carried' : 'idle';
    return { id: place.id, state };
  }

  #troubled(): Listener[] {
    return [...this.#listeners.values()].filter(({ code }) => code !== undefined);
  }

  /** Looks on while something does not listen that should. */
  #watch(): void {
    if (this.#timer || this.#troubled().length === 0) return;
    this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #look(): Promise<void> {
    const troubled = this.#troubled();
    if (troubled.some(({ code }) => code === IPVS)) await this.lookForIpvs();
    const addresses = hostAddresses();
    const due = troubled.filter((listener) => this.#isDue(listener, addresses));
    for (const listener of due) listener.triedAt = performance.now();
    if (due.length > 0) this.#options.retry(due.map(({ place }) => place.id));
    this.#timer = undefined;
    this.#watch();
  }

  #isDue(listener: Listener, addresses: ReadonlySet<string>): boolean {
    const waited = performance.now() - listener.triedAt;
    switch (listener.code) {
      case IPVS:
        return this.mayListen(listener.place);
      case 'EADDRNOTAVAIL':
        return (
          waited >= BLIND_RETRY_MS || addresses.has(canonical(listener.place.address))
        );
      default:
        return waited >= RETRY_MS;
    }
  }
}

function endpointOf({ address, port }: Place): string {
  return endpoint(canonical(address), port);
}
