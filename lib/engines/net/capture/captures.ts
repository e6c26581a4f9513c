import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceEntry, ServiceOutcome } from '../../../model/engine.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import type { Place } from '../problem.ts';
import { isEvery } from '../worker/udp/every-address.ts';
import { nft } from './nft.ts';
import { PrivatePorts } from './private-ports.ts';
import { type Capture, captureScript, captureTable } from './rules.ts';

interface Options {
  /** Which director of this host it works for; undefined: nothing is captured. */
  readonly instance: string | undefined;
  /** Where procfs is mounted. */
  readonly proc: string;
  /** The outcomes of these captured services may be others now. */
  changed(ids: readonly string[]): void;
}

/** From one look at the kernel to the next. */
const LOOK_MS = 5000;
/** Where the kernel has NAT in use, or had since this network began. */
const CONNTRACK = 'sys/net/netfilter/nf_conntrack_max';

/** The TCP services with `capture = yes`: they listen on ports of their own, and the kernel leads there what
 *  comes for their address, whoever else listens on it. The table for that is rewritten whole, is looked
 *  after, goes at {@link close}, and is taken over from a run that was killed. */
export class Captures {
  readonly #options: Options;
  readonly #table: string;
  readonly #ports = new PrivatePorts();
  #captures: ReadonlyMap<string, Capture> = new Map();
  /** Whether the kernel may hold a table of ours. */
  #standing = false;
  /** What the kernel was told last, and how that reads back. */
  #script = '';
  #listing = '';
  /** Why the kernel is not as it should be. */
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#table = captureTable(options.instance ?? '');
  }

  /** Whether a run that was killed has left its table, which leads clients to a port where nobody
   *  listens any more: {@link settle} takes it over, or out. */
  async left(): Promise<boolean> {
    const { instance, proc } = this.#options;
    if (instance === undefined || !mayHoldTables(proc)) return false;
    const { ok } = await nft(`list chain inet ${this.#table} output\n`);
    this.#standing ||= ok;
    return ok;
  }

  /** These are the services from now on. New clients of those that leave are led to their listeners no
   *  more when this settles: before these close. */
  async expect(services: readonly VirtualService[]): Promise<void> {
    const able = this.#options.instance === undefined ? [] : services;
    const wanted = able.filter(mayBeCaptured);
    this.#ports.keep(new Set(wanted.map(({ id }) => id)));
    const captures = new Map<string, Capture>();
    for (const { id, address = '', port = 0 } of wanted) {
      const listensAt = await this.#ports.of(id, address);
      if (listensAt !== undefined) captures.set(id, { address, port, listensAt });
    }
    const staying = [...this.#captures].filter(([id]) => captures.has(id));
    const leave = staying.length < this.#captures.size;
    this.#captures = captures;
    if (!leave) return;
    await this.#inTurn(() => this.#lead(staying.map(([, one]) => one)));
  }

  /** Where the service is to listen. */
  placeOf({ service, arriving }: ServiceEntry): Place {
    const { id, address = '' } = service;
    const protocol = service.protocol === 'udp' ? 'udp' : 'tcp';
    return { id, protocol, address, port: this.portOf(service), arriving };
  }

  /** The port that its listener takes. */
  portOf({ id, port }: Pick<VirtualService, 'id' | 'port'>): number {
    return this.#captures.get(id)?.listensAt ?? port ?? 0;
  }

  /** Has the kernel lead clients to the listeners: after these are open. */
  settle(): Promise<void> {
    return this.#inTurn(() => this.#converge());
  }

  /** What becomes of a listener's outcome: it serves nobody when no client is led there. */
  judged(outcome: ServiceOutcome): ServiceOutcome {
    const { id } = outcome;
    return this.#problem === undefined || !this.#captures.has(id)
      ? outcome
      : { id, state: 'failed', problem: this.#problem };
  }

  /** Clients reach again who listens there besides. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#inTurn(() => this.#remove());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work);
    return this.#turn;
  }

  async #converge(): Promise<void> {
    await this.#lead([...this.#captures.values()]);
    this.#watch();
  }

  async #lead(captures: readonly Capture[]): Promise<void> {
    if (this.#closed) return;
    const script = captureScript(this.#table, captures);
    if (captures.length === 0) await this.#remove();
    else if (script !== this.#script || this.#problem !== undefined)
      await this.#write(script);
  }

  async #write(script: string): Promise<void> {
    [this.#script, this.#standing] = [script, true];
    const { ok, problem } = await nft(script);
    this.#problem = ok ? undefined : problem;
    this.#listing = ok ? await this.#read() : '';
  }

  async #remove(): Promise<void> {
    this.#problem = undefined;
    if (!this.#standing) return;
    [this.#script, this.#standing] = ['', false];
    await nft(`delete table inet ${this.#table}\n`);
  }

  async #read(): Promise<string> {
    return (await nft(`list table inet ${this.#table}\n`)).output;
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#captures.size === 0) return;
    this.#timer = setTimeout(() => void this.#inTurn(() => this.#look()), LOOK_MS);
  }

  /** What others have done to the table is mended; what failed is tried again. */
  async #look(): Promise<void> {
    if (this.#closed || this.#captures.size === 0) return;
    const before = this.#problem;
    if (before !== undefined || (await this.#read()) !== this.#listing)
      await this.#write(this.#script);
    if (before !== this.#problem) this.#options.changed([...this.#captures.keys()]);
    this.#watch();
  }
}

/** Rules need an address to know the service by, and connections that begin visibly: any other listens
 *  as it would without. */
function mayBeCaptured({ options, protocol, address = '' }: VirtualService): boolean {
  return options.capture && protocol === 'tcp' && !isEvery(address);
}

function mayHoldTables(proc: string): boolean {
  return process.getuid?.() === 0 && existsSync(join(proc, CONNTRACK));
}
