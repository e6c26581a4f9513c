import type { ServiceOutcome } from '../../../model/engine.ts';
import { canonical, hostAddresses } from '../../host-addresses.ts';
import type { ListenReport } from '../protocol.ts';
import type { Sockets } from '../table/handovers.ts';
import { ipvsServices } from './ip-vs.ts';
import {
  descriptorsIn,
  endpointOf,
  isOpen,
  type Listener,
  movedTo,
  unheard,
} from './listener-state.ts';
import {
  ipvsProblem,
  listenProblem,
  overlap,
  ownProblem,
  type Place,
} from './problem.ts';

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
}

/** How each service's listeners are, in words; and the retries of those that could not open. */
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

  /** These are the services from now on. */
  expect(places: readonly Place[]): void {
    const ids = new Set(places.map(({ id }) => id));
    for (const id of this.#listeners.keys())
      if (!ids.has(id)) this.#listeners.delete(id);
    for (const place of places) {
      const listener = this.#listeners.get(place.id);
      if (listener?.place.port === place.port) listener.place = place;
      else
        this.#listeners.set(
          place.id,
          listener ? movedTo(place, listener) : unheard(place),
        );
    }
  }

  /** Where clients are let in now, and would not be any more with these.
   *  @param places  as {@link expect} would have them */
  leaving(places: readonly Place[]): readonly Place[] {
    const ids = new Set(places.map(({ id }) => id));
    const open = [...this.#listeners.values()].filter(isOpen);
    return open.map(({ place }) => place).filter(({ id }) => !ids.has(id));
  }

  /** Which worker has which listening sockets of the service that could go on to another one, and at which port. */
  socketsOf(id: string): { readonly port: number; readonly sockets: Sockets } {
    const { place, reports } = this.#listeners.get(id) ?? {};
    const sockets = [...(reports ?? [])].map(
      ([worker, report]) => [worker, descriptorsIn(report)] as const,
    );
    return { port: place?.port ?? 0, sockets: new Map(sockets) };
  }

  /** Those of them whose port somebody else holds. */
  taken(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => this.#listeners.get(id)?.code === 'EADDRINUSE');
  }

  /** The service is to listen there from now on. */
  relocate(id: string, port: number): void {
    const listener = this.#listeners.get(id);
    if (listener)
      this.#listeners.set(id, movedTo({ ...listener.place, port }, listener));
  }

  mayListen(id: string): boolean {
    const listener = this.#listeners.get(id);
    return (
      listener !== undefined &&
      listener.refused === undefined &&
      !this.#isHeld(listener)
    );
  }

  /** Which of them must be claimed before workers share them; it counts as done, unless
   *  {@link refuse} says otherwise.
   *  @param wanted whether the service has a use for a listener */
  claim(ids: readonly string[], wanted: (id: string) => boolean): Place[] {
    return ids.flatMap((id) => {
      const listener = this.#listeners.get(id);
      if (!listener) return [];
      listener.refused = undefined;
      if (listener.claimed || listener.place.isPassed) return [];
      if (!wanted(id) || !this.mayListen(id)) return [];
      listener.claimed = true;
      return [listener.place];
    });
  }

  /** @param codes by service id */
  refuse(codes: ReadonlyMap<string, string>): void {
    for (const [id, code] of codes) {
      const listener = this.#listeners.get(id);
      if (!listener) continue;
      listener.refused = code;
      listener.claimed = false;
    }
  }

  /** What workers said; {@link settle} puts it in words. */
  report(worker: number, reports: readonly ListenReport[]): void {
    for (const report of reports)
      this.#listeners.get(report.id)?.reports.set(worker, report);
  }

  /** A worker's end: its listeners are closed. */
  bury(worker: number): void {
    for (const listener of this.#listeners.values()) {
      const last = listener.reports.get(worker);
      listener.reports.delete(worker);
      if (last?.state === 'listening') listener.claimed = isOpen(listener);
    }
  }

  /** Puts in words how these are.
   *  @returns the outcomes that changed */
  async settle(ids: Iterable<string>): Promise<readonly ServiceOutcome[]> {
    const settled = await Promise.all(
      [...new Set(ids)].map((id) => this.#settle(this.#listeners.get(id))),
    );
    this.#watch();
    return settled.flat();
  }

  outcome(id: string): ServiceOutcome {
    return this.#listeners.get(id)?.outcome ?? { id, state: 'idle' };
  }

  close(): void {
    this.#listeners.clear();
    clearTimeout(this.#timer);
  }

  async #settle(listener: Listener | undefined): Promise<ServiceOutcome[]> {
    if (!listener) return [];
    const code = this.#codeOf(listener);
    listener.claimed = isOpen(listener);
    listener.triedAt = performance.now();
    const same = code !== undefined && code === listener.code;
    listener.code = code;
    if (same) return [];
    const before = listener.outcome;
    const outcome = await this.#describe(listener, code);
    if (listener.code !== code) return [];
    listener.outcome = outcome;
    return JSON.stringify(before) === JSON.stringify(outcome) ? [] : [outcome];
  }

  /** Whether IPVS takes the packets; it may still have the service for us, which is to listen before
   *  that lets go, and goes on listening while another is at it. */
  #isHeld(listener: Listener): boolean {
    const { place } = listener;
    if (place.arriving || isOpen(listener)) return false;
    return this.#held.has(endpointOf(place));
  }

  #codeOf(listener: Listener): string | undefined {
    const { refused, reports } = listener;
    if (this.#isHeld(listener)) return IPVS;
    if (refused !== undefined) return refused;
    for (const report of reports.values())
      if (report.state === 'failed') return report.code;
    return undefined;
  }

  async #describe(
    listener: Listener,
    code: string | undefined,
  ): Promise<ServiceOutcome> {
    const { place } = listener;
    if (code === IPVS) return ipvsProblem(place);
    const rival = code === 'EADDRINUSE' ? this.#rival(place) : undefined;
    if (rival) return ownProblem(place, rival);
    if (code !== undefined) return listenProblem(place, code, this.#options.proc);
    return { id: place.id, state: isOpen(listener) ? 'carried' : 'idle' };
  }

  /** The service of ours that listens where this one should. */
  #rival(place: Place): Place | undefined {
    const open = [...this.#listeners.values()].filter(isOpen);
    return open.find((other) => overlap(place, other.place))?.place;
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
        return !this.#isHeld(listener);
      case 'EADDRNOTAVAIL':
        return (
          waited >= BLIND_RETRY_MS || addresses.has(canonical(listener.place.address))
        );
      default:
        return waited >= RETRY_MS;
    }
  }
}
