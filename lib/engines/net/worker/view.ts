import type { Row, ServiceView } from '../../../model/scheduler.ts';
import { SERVER } from '../server-record.ts';
import type { ServiceRecord } from '../service-record.ts';
import type { RealServer } from './real-server.ts';

const NOBODY: readonly RealServer[] = [];
const NOWHERE = new Int32Array(0);

/** A service's rows for its scheduler. Every read is an array access or two in the memory that
 *  the workers share; nothing is allocated. */
export class RecordView implements ServiceView {
  readonly destination: Uint8Array;
  readonly cursor: Int32Array;
  flags: ReadonlySet<string> = new Set();
  /** Servers that may not be picked for the connection in hand. */
  leftOut: readonly RealServer[] = NOBODY;
  readonly #record: ServiceRecord;
  readonly #clock: () => number;
  #servers: readonly RealServer[] = [];
  /** Of each row, its segment's words and its place among them. */
  #words: Int32Array[] = [];
  #at: Int32Array = NOWHERE;
  /** The words of all rows where they lie in one segment, as they do up to some 16,000
   *  servers: it makes a pick among many three times as fast. Else undefined. */
  #segment: Int32Array | undefined;
  #derived: unknown;
  #derivedFrom = -1;
  #kept: unknown;

  constructor(record: ServiceRecord, destination: Uint8Array, clock: () => number) {
    this.#record = record;
    this.cursor = record.cursor;
    this.destination = destination;
    this.#clock = clock;
  }

  get size(): number {
    return this.#servers.length;
  }

  replace(servers: readonly RealServer[]): void {
    this.#servers = servers;
    this.#words = servers.map((server) => server.record.words);
    this.#at = Int32Array.from(servers, (server) => server.record.at);
    const [first] = this.#words;
    this.#segment = this.#words.every((words) => words === first) ? first : undefined;
    this.#derivedFrom = -1;
  }

  server(row: Row): RealServer | undefined {
    return this.#servers[row];
  }

  /** What the last scheduler built and kept. */
  forget(): void {
    this.#kept = undefined;
    this.#derivedFrom = -1;
  }

  eligible(row: Row): boolean {
    if (this.#read(row, SERVER.eligible) <= 0) return false;
    return this.leftOut === NOBODY || !this.#isLeftOut(row);
  }

  weight(row: Row): number {
    return this.#read(row, SERVER.weight);
  }

  lastWeight(row: Row): number {
    return this.#read(row, SERVER.lastWeight);
  }

  active(row: Row): number {
    return this.#read(row, SERVER.active);
  }

  inactive(row: Row): number {
    return this.#read(row, SERVER.inactive);
  }

  load(row: Row): number {
    return this.#read(row, SERVER.load);
  }

  address(row: Row): string {
    return this.#servers[row]?.address ?? '';
  }

  port(row: Row): number {
    return this.#servers[row]?.port ?? 0;
  }

  derive<T>(build: (service: ServiceView) => T): T {
    const version = this.#record.version;
    if (this.#derivedFrom !== version) {
      this.#derived = build(this);
      this.#derivedFrom = version;
    }
    return this.#derived as T; // one use a scheduler: what it built is what it gets
  }

  keep<T>(create: () => T): T {
    this.#kept ??= create();
    return this.#kept as T; // one use a scheduler
  }

  random(): number {
    return Math.random();
  }

  now(): number {
    return this.#clock();
  }

  everyone(): void {
    this.leftOut = NOBODY;
  }

  #isLeftOut(row: Row): boolean {
    const server = this.#servers[row];
    return server !== undefined && this.leftOut.includes(server);
  }

  #read(row: Row, word: number): number {
    const words = this.#segment ?? this.#words[row];
    return words?.[(this.#at[row] ?? 0) + word] ?? 0;
  }
}
