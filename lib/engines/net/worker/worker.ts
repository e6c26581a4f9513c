import { Admission } from '../admission.ts';
import type {
  CarriedService,
  FromWorker,
  Handover,
  ListenReport,
  Retirement,
  TableChange,
  ToWorker,
  WorkerStart,
} from '../protocol.ts';
import { Memory } from '../table/memory.ts';
import { ServiceRecord } from '../table/service-record.ts';
import { Sources } from '../table/sources.ts';
import { Batch } from './batch.ts';
import { BufferPool } from './buffers.ts';
import { Carrier } from './carrier.ts';
import type { Persisting, WaitingClients } from './clients.ts';
import type { Desk } from './desk.ts';
import { Duplicates } from './duplicates.ts';
import { Informant } from './informant.ts';
import { Journal } from './journal.ts';
import { LinePost } from './log/line-post.ts';
import { Roster } from './real-server.ts';
import { sharedClock } from './shared-clock.ts';
import { TimerWheel } from './timer-wheel.ts';
import { createUdpDesk } from './udp/udp-desk.ts';

type Start = Omit<WorkerStart, 'pulses'>;

/** Entrances and connections of all services, in one thread. Told what to carry by the main thread,
 *  through messages and the memory they share. */
export class Worker {
  readonly #start: Start;
  readonly #memory: Memory;
  readonly #roster: Roster;
  readonly #desk: Desk;
  readonly #carriers = new Map<string, Carrier>();
  readonly #informant: Informant;
  readonly #journal = new Journal<Persisting>();
  /** Of earlier runs and other directors, by service, for a server that the next change brings. */
  readonly #left = new Map<string, WaitingClients[]>();

  constructor(start: Start, tell: (message: FromWorker) => void) {
    this.#start = start;
    this.#memory = new Memory(start.workers);
    for (const segment of start.segments) this.#memory.attach(segment);
    this.#roster = new Roster(this.#memory, start.worker);
    const now = () => performance.now();
    const wheel = new TimerWheel(now);
    const admission = new Admission(start.admission, start.worker);
    this.#desk = {
      wheel,
      batch: new Batch(now),
      buffers: new BufferPool(),
      admission,
      counting: {
        sources: new Sources(start.sources, start.worker, start.workers),
        clock: sharedClock,
      },
      udp: createUdpDesk({ wheel, admission, workers: start.workers, tell }),
      duplicates: new Duplicates(),
      lines: new LinePost(tell),
      tell,
    };
    this.#informant = new Informant({
      roster: this.#roster,
      ...{ carriers: this.#carriers, journal: this.#journal },
      now: () => wheel.time,
      tell,
    });
  }

  handle(message: ToWorker): void {
    // What was accepted before a change is served as before it.
    this.#desk.batch.send();
    switch (message.type) {
      case 'segment':
        this.#memory.attach(message.buffer);
        break;
      case 'change':
        void this.#apply(message.sequence, message.change);
        break;
      case 'listen':
        void this.#listen(message.sequence, message.services);
        break;
      case 'hand-over':
        void this.#handOver(message.sequence, message.handovers);
        break;
      case 'refused':
        this.#carriers.get(message.service)?.refused(message.server);
        break;
      case 'freed':
        this.#carriers.get(message.service)?.freed();
        break;
      case 'question':
        this.#informant.take(message.sequence, message.question);
        break;
      case 'retire':
        this.#retire(message);
        break;
      case 'left':
        this.#restore(message);
        break;
      case 'taken':
        this.#desk.lines.taken();
        break;
      case 'close':
        this.#close();
        break;
      default:
        message satisfies never;
    }
  }

  async #apply(sequence: number, change: TableChange): Promise<void> {
    for (const { record, reset } of change.dismissed)
      this.#roster.dismiss(record, reset);
    for (const id of change.gone) this.#drop(id);
    const updates = change.services.map((service) => this.#update(service));
    const reports = await Promise.all(updates);
    this.#desk.tell({ type: 'applied', sequence, reports });
  }

  #retire(order: Retirement): void {
    const { record, count, others } = order;
    const left = count - this.#roster.retire(record, order, this.#desk.wheel);
    if (left === 0 || others === 0) return;
    const worker = (this.#start.worker + 1) % this.#start.workers;
    this.#desk.tell({ ...order, worker, count: left, others: others - 1 });
  }

  #update(service: CarriedService): Promise<ListenReport> {
    const servers = service.servers.map((server) =>
      this.#roster.enlist(service.id, server),
    );
    const carrier = this.#carriers.get(service.id) ?? this.#carry(service);
    const left = this.#left.get(service.id);
    this.#left.delete(service.id);
    return carrier.update(service, servers, left);
  }

  #restore({ left, merges }: Extract<ToWorker, { readonly type: 'left' }>): void {
    const { service } = left;
    const isMerged = merges !== undefined;
    const isThere = this.#carriers.get(service)?.restore(left, isMerged);
    if (isThere || merges === 'there') return;
    const all = this.#left.get(service) ?? [];
    this.#left.set(service, all);
    all.push({ left, merges: isMerged });
  }

  #carry(service: CarriedService): Carrier {
    const { worker } = this.#start;
    const cell = this.#memory.cell(service.record);
    const record = new ServiceRecord(cell, worker, worker + 1);
    const carrier = new Carrier(service, record, this.#desk, {
      ...this.#start,
      ...{ memory: this.#memory, journal: this.#journal },
      carried: (id) => this.#carriers.get(id),
      emptied: (id) => this.#emptied(id),
    });
    this.#carriers.set(service.id, carrier);
    return carrier;
  }

  /** Those whose clients it was the last service for let nobody in any more. */
  #emptied(id: string): void {
    for (const carrier of this.#carriers.values())
      if (carrier.hosts?.leadTo(id)) carrier.emptied();
  }

  async #listen(sequence: number, ids: readonly string[]): Promise<void> {
    const carriers = ids.flatMap((id) => this.#carriers.get(id) ?? []);
    const reports = await Promise.all(carriers.map((carrier) => carrier.listen()));
    this.#desk.tell({ type: 'applied', sequence, reports });
  }

  /** What this worker has stays open until the next change, and what it gets is not accepted from before. */
  async #handOver(sequence: number, handovers: readonly Handover[]): Promise<void> {
    const { worker } = this.#start;
    const taken = handovers.filter(({ to }) => to === worker);
    await Promise.all(taken.map((one) => this.#takeOver(one)));
    for (const { from, service, descriptor } of handovers)
      if (from === worker) this.#carriers.get(service)?.entrance.giveAway?.(descriptor);
    this.#desk.tell({ type: 'applied', sequence, reports: [] });
  }

  /** Where there is no child to duplicate it, a listener is opened anew, and who waits at the old one is lost. */
  async #takeOver({ service, descriptor, port }: Handover): Promise<void> {
    const take = this.#desk.duplicates.take(descriptor);
    const handle = await take.catch((error: unknown) => {
      const about = `${service}: ${String(error)}`;
      this.#desk.tell({ type: 'notice', kind: 'move', about });
    });
    const entrance = this.#carriers.get(service)?.entrance;
    if (!handle) return;
    if (entrance?.takeOver) entrance.takeOver(handle, port);
    else handle.close();
  }

  #drop(id: string): void {
    this.#carriers.get(id)?.close();
    this.#carriers.delete(id);
    this.#left.delete(id);
  }

  #close(): void {
    for (const carrier of this.#carriers.values()) carrier.close();
    this.#carriers.clear();
    for (const connection of [...this.#roster.connections()])
      connection.reset('killed');
    this.#desk.lines.end();
    this.#desk.udp.sockets.closeAll();
    this.#desk.wheel.close();
  }
}
