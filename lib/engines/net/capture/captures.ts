import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceEntry, ServiceOutcome } from '../../../model/engine.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import type { Place } from '../listening/problem.ts';
import { isEvery } from '../worker/udp/every-address.ts';
import { CaptureTable } from './capture-table.ts';
import { PrivatePorts } from './private-ports.ts';
import type { Capture } from './rules.ts';

interface Options {
  /** Which director of this host it works for; undefined: nothing is captured. */
  readonly instance: string | undefined;
  /** Where procfs is mounted. */
  readonly proc: string;
  /** Whether the service has its own port already, by a socket that the director was passed. */
  isPassed?(service: VirtualService): boolean;
  /** The outcomes of these captured services may be others now. */
  changed(ids: readonly string[]): void;
}

/** Where the kernel has NAT in use, or had since this network began. */
const CONNTRACK = 'sys/net/netfilter/nf_conntrack_max';

/** The TCP services with `capture = yes`: they listen on ports of their own, and the kernel leads there what
 *  comes for their address, whoever else listens on it. */
export class Captures {
  readonly #options: Options;
  readonly #table: CaptureTable;
  readonly #ports = new PrivatePorts();
  #captures: ReadonlyMap<string, Capture> = new Map();

  constructor(options: Options) {
    const { instance = '', proc, changed } = options;
    this.#options = options;
    this.#table = new CaptureTable(instance, proc, () =>
      changed([...this.#captures.keys()]),
    );
  }

  /** Whether a run that was killed has left its table, which leads clients to a port where nobody
   *  listens any more: {@link settle} takes it over, or out. */
  async left(): Promise<boolean> {
    const { instance, proc } = this.#options;
    const mayBe = instance !== undefined && existsSync(join(proc, CONNTRACK));
    return mayBe && (await this.#table.left());
  }

  /** These are the services from now on. New clients of those that leave are led to their listeners no
   *  more when this settles: before these close. */
  async expect(services: readonly VirtualService[]): Promise<void> {
    const before = this.#captures;
    this.#captures = await this.#choose(services);
    const ids = new Set(services.map(({ id }) => id));
    const staying = [...before].filter(([id]) => ids.has(id));
    if (staying.length < before.size)
      await this.#table.lead(staying.map(([, one]) => one));
  }

  /** Gives up these services' private ports, which others have taken meanwhile.
   *  @returns the ports that they have instead, by service id */
  async move(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const moved = new Map<string, number>();
    for (const id of ids) {
      const one = this.#captures.get(id);
      const listensAt = one && (await this.#ports.anew(id, one.address));
      if (!one || listensAt === undefined) continue;
      this.#captures = new Map([...this.#captures, [id, { ...one, listensAt }]]);
      moved.set(id, listensAt);
    }
    return moved;
  }

  /** Where the service is to listen. */
  placeOf({ service, arriving }: ServiceEntry): Place {
    const { id, address = '' } = service;
    const protocol = service.protocol === 'udp' ? 'udp' : 'tcp';
    const mayBeCaptured = this.#may(service) && !service.options.capture;
    return {
      id,
      protocol,
      address,
      port: this.portOf(service),
      arriving,
      mayBeCaptured,
      isPassed: this.#isPassed(service),
    };
  }

  /** The port that its listener takes. */
  portOf({ id, port }: Pick<VirtualService, 'id' | 'port'>): number {
    return this.#captures.get(id)?.listensAt ?? port ?? 0;
  }

  /** Has the kernel lead clients to the listeners: after these are open. */
  settle(): Promise<void> {
    return this.#table.lead([...this.#captures.values()]);
  }

  /** What becomes of a listener's outcome: it serves nobody when no client is led there. */
  judged(outcome: ServiceOutcome): ServiceOutcome {
    const { id } = outcome;
    const { problem } = this.#table;
    return problem === undefined || !this.#captures.has(id)
      ? outcome
      : { id, state: 'failed', problem };
  }

  /** Clients reach again who listens there besides: after the listeners have closed, since what the
   *  kernel still sends their clients has the private port without it.
   *  @returns why the table could not be removed */
  close(): Promise<string | undefined> {
    return this.#table.close();
  }

  async #choose(
    services: readonly VirtualService[],
  ): Promise<ReadonlyMap<string, Capture>> {
    const wanted = services.filter((one) => one.options.capture && this.#may(one));
    this.#ports.keep(new Set(wanted.map(({ id }) => id)));
    this.#ports.avoid(services.flatMap(({ port }) => port ?? []));
    const captures = new Map<string, Capture>();
    for (const { id, address = '', port = 0 } of wanted) {
      const listensAt = await this.#ports.of(id, address);
      if (listensAt !== undefined) captures.set(id, { address, port, listensAt });
    }
    return captures;
  }

  /** Rules need an address to know the service by, and connections that begin visibly: any other
   *  listens as it would without. */
  #may(service: VirtualService): boolean {
    const { instance } = this.#options;
    const { protocol, address = '' } = service;
    if (instance === undefined || this.#isPassed(service)) return false;
    return protocol === 'tcp' && !isEvery(address);
  }

  #isPassed(service: VirtualService): boolean {
    return this.#options.isPassed?.(service) ?? false;
  }
}
