import { endpoint } from '../model/address.ts';
import { isLoopback } from '../model/loopback.ts';
import { Places } from '../model/places.ts';
import {
  destinationPort,
  type EngineName,
  type RealServer,
  type VirtualService,
} from '../model/virtual-service.ts';

/** A service as clients come to it at one port. */
export interface Stop {
  readonly service: VirtualService;
  readonly port: number;
}

/** That a service leads its clients to another one of the config. */
export interface Step {
  readonly from: Stop;
  readonly to: Stop;
  /** What it is that leads there, in words. */
  readonly by: string;
  /** Whether it does so at all times, and whatever engine `auto` takes. */
  readonly isSure: boolean;
  /** Of which file, and where in it; undefined: nobody knows. */
  readonly file: 'config' | 'ini';
  readonly line: number | undefined;
}

/** The line of the key `sni` in the section of the service with that id. */
export type LineOf = (id: string) => number | undefined;

type Server = Pick<RealServer, 'address' | 'port' | 'method'>;

interface Listed extends Pick<Step, 'file' | 'line'> {
  readonly server: Server;
  readonly what: string;
  /** It takes clients only while others do not. */
  readonly isReserve: boolean;
}

/** Where services of a config lead each other's clients. */
export class Steps {
  /** Services of one port. One of every port is a stop at each port that somebody leads to. */
  readonly stops: readonly Stop[];
  readonly #lineOf: LineOf;
  readonly #services: ReadonlyMap<string, VirtualService>;
  readonly #places: Places<VirtualService>;
  readonly #stops = new Map<string, Stop>();
  readonly #steps = new Map<Stop, readonly Step[]>();

  constructor(services: readonly VirtualService[], lineOf: LineOf) {
    this.#lineOf = lineOf;
    this.#services = new Map(services.map((service) => [service.id, service]));
    this.#places = new Places(services);
    this.stops = services.flatMap((service) =>
      service.port ? [this.#stop(service, service.port)] : [],
    );
  }

  /** The same objects each time. */
  from(stop: Stop): readonly Step[] {
    const known = this.#steps.get(stop);
    if (known) return known;
    const steps = [...this.#byNames(stop), ...this.#byServers(stop)];
    this.#steps.set(stop, steps);
    return steps;
  }

  *#byNames(from: Stop): Generator<Step> {
    const { id, options } = from.service;
    for (const target of new Set(options.sni.map((route) => route.service))) {
      const to = this.#services.get(target);
      // One that has names itself is refused there, as nobody looks a second time.
      if (!to || to === from.service || to.options.sni.length > 0) continue;
      const by = `names lead to ${target}`;
      const place = { file: 'ini', line: this.#lineOf(id) } as const;
      yield { from, to: this.#stop(to, from.port), by, isSure: true, ...place };
    }
  }

  *#byServers(from: Stop): Generator<Step> {
    const { service } = from;
    for (const { server, what, isReserve, file, line } of serversOf(service)) {
      const { address } = server;
      const port = destinationPort(service, server) || from.port;
      // What addresses this host has is for the engine to say.
      const to = this.#places.at(service.protocol, { address, port }, () => false);
      if (!to || to === service) continue;
      const way = wayOf(service, server, to);
      if (way === 'none') continue;
      const by = `${what} ${endpoint(address, port)} is ${to.id}`;
      const isSure = way === 'sure' && !isReserve;
      yield { from, to: this.#stop(to, port), by, isSure, file, line };
    }
  }

  /** @param port  at which clients come there, where it has every port */
  #stop(service: VirtualService, port: number): Stop {
    const at = service.port || port;
    const key = `${service.id} ${at}`;
    const stop = this.#stops.get(key) ?? { service, port: at };
    this.#stops.set(key, stop);
    return stop;
  }
}

/** Those that new clients are led to: one of weight 0 gets none. */
function* serversOf({ reals, fallback }: VirtualService): Generator<Listed> {
  for (const server of reals) {
    const { role, line, weight } = server;
    const file = role ? 'ini' : 'config';
    if (weight > 0)
      yield { server, what: role ?? 'real server', isReserve: !!role, file, line };
  }
  const place = { file: 'config', line: undefined } as const;
  if (fallback) yield { server: fallback, what: 'fallback', isReserve: true, ...place };
}

const KERNELS: ReadonlySet<EngineName> = new Set(['nftables', 'ipvs']);

/** Whether clients come from a server of the one service to the other. A kernel schedules no packet a second time, but
 *  those of a process that dials are new ones; and what it routes (gate, ipip) keeps the service's address and is for
 *  another host. */
function wayOf(
  { options: { engine } }: VirtualService,
  { address, method }: Server,
  to: VirtualService,
): 'none' | 'sure' | 'perhaps' {
  if (engine === 'auto') return 'perhaps';
  if (engine === 'net' || isHome(engine, address)) return 'sure';
  if (method !== 'masq' || !isTaken(to)) return 'none';
  return to.options.engine === 'auto' ? 'perhaps' : 'sure';
}

/** Whether a process takes the service's clients, be it while its fallback is in force only. */
function isTaken({ fallback, options: { engine } }: VirtualService): boolean {
  return !KERNELS.has(engine) || (!!fallback && isHome(engine, fallback.address));
}

/** What is on the director itself a process dials for nftables. */
function isHome(engine: EngineName, address: string): boolean {
  return engine === 'nftables' && isLoopback(address);
}
