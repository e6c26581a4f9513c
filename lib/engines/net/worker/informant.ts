import { threadId } from 'node:worker_threads';
import { reasonOf } from '../../../model/reason.ts';
import type {
  Connection,
  ConnectionFilter,
  PersistenceFilter,
} from '../../../model/traffic.ts';
import { inTurns } from '../../breath.ts';
import { Turns } from '../../turns.ts';
import { NOT_ALL, type Question } from '../crew/question.ts';
import type { FromWorker } from '../protocol.ts';
import type { Carrier } from './carrier.ts';
import type { Persisting } from './clients.ts';
import type { Journal } from './journal.ts';
import type { Resettable, Roster } from './real-server.ts';
import { Reply } from './reply.ts';
import { Sheaves } from './sheaves.ts';
import { sinceMs } from './sight.ts';

/** Each byte that passes meanwhile waits twice as long, on its way there and back. */
const SPELL_MS = 1;

/** Whom the informant knows. */
interface Parties {
  readonly roster: Roster;
  /** By service id. */
  readonly carriers: ReadonlyMap<string, Carrier>;
  /** Of clients that persist. */
  readonly journal: Journal<Persisting>;
  /** The wheel's clock. */
  now(): number;
  tell(message: FromWorker): void;
}

/** A client's connection. */
type Visible = Resettable & Required<Pick<Resettable, 'serial' | 'seen'>>;

/** Says what goes through this worker, and ends it: one question after the other, and a millisecond
 *  at a time, so that traffic gets its turn in between. */
export class Informant {
  readonly #parties: Parties;
  readonly #turns = new Turns();
  /** The last one given. */
  #serial = 0;

  constructor(parties: Parties) {
    this.#parties = parties;
  }

  /** A defect ends that answer only: whoever asked hears nothing more, and does not take for the whole
   *  what has come. */
  take(sequence: number, question: Question): void {
    const failed = (error: unknown) => {
      const about = reasonOf(error);
      this.#parties.tell({ type: 'notice', kind: 'question', about });
    };
    this.#turns.take(() => this.#answer(sequence, question)).catch(failed);
  }

  async #answer(sequence: number, question: Question): Promise<void> {
    const { now, tell } = this.#parties;
    const most = 'most' in question ? question.most : 0;
    const reply = new Reply(sequence, { most, now, tell });
    switch (question.about) {
      case 'connections':
        await this.#list(question.filter, reply);
        break;
      case 'end':
        await this.#end(question.filter, reply);
        break;
      case 'persistence':
        await this.#clients(question.filter, (template, { switchboard }) =>
          reply.add(() => switchboard.clients.entryOf(template)),
        );
        break;
      case 'heritage':
        await this.#bequeath(question, reply);
        break;
      case 'news':
        await this.#tellNews(most, reply);
        break;
      case 'forget':
        await this.#forget(question.filter, reply);
        break;
      default:
        question satisfies never;
    }
    reply.end();
  }

  async #list(filter: ConnectionFilter, reply: Reply): Promise<void> {
    await this.#connections(filter, (connection) =>
      reply.add(() => this.#described(connection)),
    );
  }

  async #end(filter: ConnectionFilter, reply: Reply): Promise<void> {
    await this.#connections(filter, (connection) => {
      connection.reset('killed');
      reply.add();
    });
  }

  async #bequeath({ share, services }: Bequest, reply: Reply): Promise<void> {
    for (const { id, switchboard } of this.#parties.carriers.values()) {
      if (services && !services.includes(id)) continue;
      const sheaves = new Sheaves((text) => reply.add(() => text));
      const gather = (template: Persisting) =>
        sheaves.add(switchboard.clients.leftOf(template));
      await inTurns(switchboard.clients.newest(share), gather, SPELL_MS);
      sheaves.end();
    }
  }

  async #tellNews(most: number, reply: Reply): Promise<void> {
    const { journal, carriers } = this.#parties;
    if (most === 0) return journal.end();
    const { items, isAll } = journal.take();
    if (!isAll) {
      reply.add(() => NOT_ALL);
      return;
    }
    const byService = new Map<string, Sheaves>();
    const gather = (template: Persisting) => {
      const { service } = template.server;
      const news = carriers.get(service)?.switchboard.clients.newsOf(template);
      if (!news) return;
      const sheaves =
        byService.get(service) ?? new Sheaves((text) => reply.add(() => text));
      byService.set(service, sheaves);
      sheaves.add(news);
    };
    await inTurns(items, gather, SPELL_MS);
    for (const sheaves of byService.values()) sheaves.end();
  }

  async #forget(filter: PersistenceFilter, reply: Reply): Promise<void> {
    const poorer = new Set<Carrier>();
    await this.#clients(filter, (template, carrier) => {
      carrier.switchboard.clients.forget(template);
      poorer.add(carrier);
      reply.add();
    });
    for (const carrier of poorer) carrier.forgot();
  }

  async #connections(
    filter: ConnectionFilter,
    visit: (connection: Visible) => void,
  ): Promise<void> {
    const serial = serialOf(filter.id);
    if (serial === 0) return;
    const all = this.#parties.roster.connections(filter);
    const look = (one: Resettable) => {
      // It may have ended since it was gathered.
      if (!isVisible(one) || one.place < 0) return;
      if (serial === undefined || serial === one.serial) visit(one);
    };
    await inTurns(all, look, SPELL_MS);
  }

  async #clients(
    filter: PersistenceFilter,
    visit: (template: Persisting, carrier: Carrier) => void,
  ): Promise<void> {
    const look = ([carrier, template]: readonly [Carrier, Persisting]) =>
      visit(template, carrier);
    await inTurns(this.#persisting(filter), look, SPELL_MS);
  }

  *#persisting(filter: PersistenceFilter): Generator<readonly [Carrier, Persisting]> {
    for (const [id, carrier] of this.#parties.carriers) {
      if ((filter.service ?? id) !== id) continue;
      for (const template of carrier.switchboard.clients.persisting(filter))
        yield [carrier, template];
    }
  }

  #described(connection: Visible): Connection | undefined {
    const sight = connection.seen();
    if (!sight) return undefined;
    connection.serial ||= ++this.#serial;
    const { server, began, ...rest } = sight;
    const ago = sinceMs(began, this.#parties.now());
    return {
      id: `n${threadId}-${connection.serial}`,
      server: server.id,
      since: new Date(Date.now() - ago).toISOString(),
      ...rest,
    };
  }
}

type Bequest = Extract<Question, { readonly about: 'heritage' }>;

function isVisible(one: Resettable): one is Visible {
  return one.serial !== undefined;
}

const ID = /^n(\d+)-(\d+)$/;

/** @returns 0: it is another worker's, or another engine's */
function serialOf(id: string | undefined): number | undefined {
  if (id === undefined) return undefined;
  const [, thread, serial] = ID.exec(id) ?? [];
  return thread === String(threadId) ? Number(serial) : 0;
}
