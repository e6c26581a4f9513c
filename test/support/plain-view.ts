import { turnAfter } from '../../lib/engines/net/table/turn.ts';
import { addressBytes } from '../../lib/model/address-bytes.ts';
import type {
  Client,
  Column,
  ColumnName,
  Row,
  Scheduler,
  ServiceView,
} from '../../lib/model/scheduler.ts';

/** A server of a {@link PlainView}; what is left out is 0, the address 10.0.0.(row + 1), the key
 *  row + 1. */
export interface PlainServer {
  key: number;
  weight: number;
  lastWeight: number;
  active: number;
  inactive: number;
  /** Over its upper threshold. */
  overloaded: boolean;
  address: string;
  port: number;
}

/** A service as plain objects: the model that schedulers are tested against. */
export class PlainView implements ServiceView {
  servers: PlainServer[] = [];
  destination = addressBytes('10.1.1.19');
  flags: ReadonlySet<string> = new Set();
  readonly cursor = new Int32Array(4);
  /** Rows left out for the next pick. */
  readonly excluded = new Set<Row>();
  /** What now() says. */
  clock = 0;
  /** What random() says, in turn; 0 when it is used up. */
  draws: number[] = [];
  #derived: unknown;
  #kept: unknown;
  readonly #restarts: boolean;

  constructor(scheduler: Scheduler, servers: readonly Partial<PlainServer>[]) {
    this.#restarts = scheduler.restarts === true;
    this.change(() => servers.map(server));
  }

  /** Puts other servers or weights in force, as a reload or a check would. */
  change(edit: (servers: PlainServer[]) => PlainServer[] | undefined): void {
    const before = keysOf(this.servers);
    this.servers = edit(this.servers) ?? this.servers;
    for (const one of this.servers) if (one.weight > 0) one.lastWeight = one.weight;
    this.#derived = undefined;
    const [last = 0] = this.cursor;
    const stay = new Set(keysOf(this.servers));
    const left = before.filter((key) => !stay.has(key));
    this.cursor[0] = this.#restarts ? 0 : turnAfter(last, before, left);
  }

  get size(): number {
    return this.servers.length;
  }

  at(row: Row): PlainServer {
    const found = this.servers[row];
    if (!found) throw new RangeError(`no row ${row} in ${this.size}`);
    return found;
  }

  key(row: Row): number {
    return this.at(row).key;
  }

  eligible(row: Row): boolean {
    const { weight, overloaded } = this.at(row);
    return weight > 0 && !overloaded && !this.excluded.has(row);
  }

  weight(row: Row): number {
    return this.at(row).weight;
  }

  lastWeight(row: Row): number {
    return this.at(row).lastWeight;
  }

  active(row: Row): number {
    return this.at(row).active;
  }

  inactive(row: Row): number {
    return this.at(row).inactive;
  }

  load(row: Row): number {
    return 256 * this.at(row).active + this.at(row).inactive;
  }

  column(name: ColumnName): Column {
    const rows = Int32Array.from(this.servers, (_, row) => row);
    const values = Float64Array.from(rows, (row) => this.#number(name, row));
    return { values, at: rows };
  }

  address(row: Row): string {
    return this.at(row).address;
  }

  port(row: Row): number {
    return this.at(row).port;
  }

  derive<T>(build: (service: ServiceView) => T): T {
    this.#derived ??= build(this);
    return this.#derived as T;
  }

  /** Whether the scheduler has kept anything. */
  get hasKept(): boolean {
    return this.#kept !== undefined;
  }

  keep<T>(create: () => T): T {
    this.#kept ??= create();
    return this.#kept as T;
  }

  #number(name: ColumnName, row: Row): number {
    const { weight, active, overloaded } = this.at(row);
    const open = weight > 0 && !overloaded;
    const numbers: Record<ColumnName, number> = {
      weight,
      active,
      eligibleWeight: open ? weight : 0,
      roomyWeight: open && active <= weight ? weight : 0,
      eligibleLoad: open ? this.load(row) : Infinity,
      weightedLoad: open ? this.load(row) / weight : Infinity,
      delay: open ? (active + 1) / weight : Infinity,
      idleDelay: open ? (active && active + 1) / weight : Infinity,
    };
    return numbers[name];
  }

  random(): number {
    return this.draws.shift() ?? 0;
  }

  now(): number {
    return this.clock;
  }
}

function keysOf(servers: readonly PlainServer[]): readonly number[] {
  return servers.map(({ key }) => key);
}

/** A server with defaults filled in; `row` gives its address. */
export function server(given: Partial<PlainServer>, row: number): PlainServer {
  const weight = given.weight ?? 1;
  return {
    key: row + 1,
    weight,
    lastWeight: weight,
    active: 0,
    inactive: 0,
    overloaded: false,
    address: `10.0.${row >> 8}.${(row & 255) + 1}`,
    port: 80,
    ...given,
  };
}

/** A client by its numeric address. */
export function client(address = '192.0.2.10', port = 40000): Client {
  return { address: addressBytes(address), port };
}

/** `count` picks in a row of one client, as letters: row 0 is `a`; `-` is a refusal. */
export function picks(scheduler: Scheduler, view: PlainView, count: number): string {
  return Array.from({ length: count }, () => {
    const row = scheduler.pick(view, client());
    return row === undefined ? '-' : String.fromCharCode(97 + row);
  }).join(' ');
}
