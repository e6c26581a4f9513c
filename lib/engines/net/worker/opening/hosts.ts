import { wildcardOf } from '../../../../model/host-name.ts';
import type { CarriedNames } from '../../protocol.ts';
import type { Reception } from '../entrance.ts';

/** Where the names that clients of a service ask for lead, in one worker. */
export class Hosts {
  readonly timeoutMs: number;
  /** Who asks for none of them is served by the service itself. */
  readonly servesRest: boolean;
  readonly #targets: ReadonlyMap<string, string>;
  readonly #services: ReadonlySet<string>;
  readonly #carried: (id: string) => Reception | undefined;

  /** @param carried  the service of that id, as long as the worker carries it */
  constructor(names: CarriedNames, carried: (id: string) => Reception | undefined) {
    this.timeoutMs = names.timeoutMs;
    this.servesRest = names.servesRest;
    this.#targets = new Map(names.targets);
    this.#services = new Set(this.#targets.values());
    this.#carried = carried;
  }

  /** The whole name goes before a wildcard.
   *  @param name  of `hostName`
   *  @returns     the service's id; undefined: it is none of them */
  idFor(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const whole = this.#targets.get(name);
    return whole ?? this.#targets.get(wildcardOf(name) ?? '');
  }

  /** Undefined: it is not carried here. */
  service(id: string): Reception | undefined {
    return this.#carried(id);
  }

  leadTo(id: string): boolean {
    return this.#services.has(id);
  }

  /** Whether a connection could be served at any of the services. */
  get open(): boolean {
    for (const id of this.#services)
      if (this.#carried(id)?.switchboard.open) return true;
    return false;
  }
}

/** @returns undefined: it has no names */
export function hostsOf(
  names: CarriedNames | undefined,
  carried: (id: string) => Reception | undefined,
): Hosts | undefined {
  return names && new Hosts(names, carried);
}
