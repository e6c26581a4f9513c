import type { Column, ColumnName, Row, ServiceView } from '../../../model/scheduler.ts';
import { COLUMN_AT, SERVER } from '../table/server-record.ts';
import type { ServiceRecord } from '../table/service-record.ts';
import type { RealServer } from './real-server.ts';

type Columns = Readonly<Record<ColumnName, Column>>;

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
  /** For rows in one segment, as they are up to some 16,000 servers. */
  #columns: Columns | undefined;
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

  get hasWeight(): boolean {
    return this.#servers.some(({ record }) => record.weight > 0);
  }

  get hasEligible(): boolean {
    return this.#servers.some((_, row) => this.#read(row, SERVER.eligible) > 0);
  }

  get hasActive(): boolean {
    return this.#servers.some(({ record }) => record.active > 0);
  }

  /** Whether one of the others would serve, were it not full. */
  hasFull(leftOut: readonly RealServer[]): boolean {
    return this.#servers.some(
      (server) =>
        server.record.full && server.record.weight > 0 && !leftOut.includes(server),
    );
  }

  get connections(): number {
    return this.#servers.reduce((sum, { record }) => sum + record.connections, 0);
  }

  replace(servers: readonly RealServer[]): void {
    this.#servers = servers;
    this.#columns = columnsOf(servers);
    this.#derivedFrom = -1;
  }

  server(row: Row): RealServer | undefined {
    return this.#servers[row];
  }

  /** By its id. */
  find(server: string): RealServer | undefined {
    return this.#servers.find(({ id }) => id === server);
  }

  /** What the last scheduler built and kept. */
  forget(): void {
    this.#kept = undefined;
    this.#derivedFrom = -1;
  }

  key(row: Row): number {
    return this.#servers[row]?.key ?? 0;
  }

  eligible(row: Row): boolean {
    return this.#read(row, SERVER.eligible) > 0 && !this.#isLeftOut(row);
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

  column(name: ColumnName): Column {
    return this.#columns?.[name] ?? this.#gathered(name);
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
    if (this.leftOut === NOBODY) return false;
    const server = this.#servers[row];
    return server !== undefined && this.leftOut.includes(server);
  }

  #read(row: Row, word: number): number {
    const record = this.#servers[row]?.record;
    return record?.words[record.at + word] ?? 0;
  }

  /** Where the rows lie in more than one segment: a copy. */
  #gathered(name: ColumnName): Column {
    const values = Float64Array.from(this.#servers, ({ record }) =>
      record.column(name),
    );
    return { values, at: values.length > 0 ? Int32Array.from(values.keys()) : NOWHERE };
  }
}

/** Of records in one segment. */
function columnsOf(servers: readonly RealServer[]): Columns | undefined {
  const numbers = servers[0]?.record.numbers;
  if (!numbers || servers.some(({ record }) => record.numbers !== numbers))
    return undefined;
  const at = Int32Array.from(servers, ({ record }) => record.at / 2);
  const column = (name: ColumnName) => ({
    values: numbers.subarray(COLUMN_AT[name]),
    at,
  });
  return {
    weight: column('weight'),
    active: column('active'),
    eligibleWeight: column('eligibleWeight'),
    roomyWeight: column('roomyWeight'),
    eligibleLoad: column('eligibleLoad'),
    weightedLoad: column('weightedLoad'),
    delay: column('delay'),
    idleDelay: column('idleDelay'),
  };
}
