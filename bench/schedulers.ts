import type { CarriedServer } from '../lib/engines/net/protocol.ts';
import { Memory } from '../lib/engines/net/table/memory.ts';
import {
  ServerRecord,
  type ServerSettings,
} from '../lib/engines/net/table/server-record.ts';
import { ServiceRecord } from '../lib/engines/net/table/service-record.ts';
import { RealServer } from '../lib/engines/net/worker/real-server.ts';
import { RecordView } from '../lib/engines/net/worker/view.ts';
import { addressBytes } from '../lib/model/address-bytes.ts';
import type { Client, Row, Scheduler } from '../lib/model/scheduler.ts';
import { SCHEDULERS } from '../lib/schedulers/index.ts';

/** A service in the net engine's own shared records, with servers that have connections open. */
class Service {
  readonly view: RecordView;
  readonly records: readonly ServerRecord[];

  constructor(size: number, settings: (row: Row) => ServerSettings) {
    const memory = new Memory(1);
    memory.grow();
    const service = new ServiceRecord(memory.cell(size), 0, 1);
    this.view = new RecordView(service, addressBytes('10.1.1.19'), () =>
      performance.now(),
    );
    const rows = Array.from({ length: size }, (_, row) => row);
    this.records = rows.map((row) => new ServerRecord(memory.cell(row), 0));
    for (const [row, record] of this.records.entries())
      open(record, row, settings(row));
    this.view.replace(
      this.records.map((record, row) => new RealServer('', carried(row), record)),
    );
  }
}

function carried(row: Row): CarriedServer {
  const address = `10.0.${row >> 8}.${row & 255}`;
  const problem = undefined;
  return {
    id: `${address}:80`,
    address,
    port: 80,
    record: row,
    generation: 1,
    problem,
    cut: false,
  };
}

/** Loads that differ from server to server: 1 to 97 active, 0 to 30 inactive. */
function open(record: ServerRecord, row: Row, settings: ServerSettings): void {
  const active = 1 + ((row * 7919) % 97);
  const inactive = (row * 104729) % 31;
  record.set(settings);
  for (let n = 0; n < active + inactive; n++) record.open();
  for (let n = 0; n < inactive; n++) record.halfClose();
}

const CLIENTS: readonly Client[] = Array.from({ length: 1024 }, (_, n) => ({
  address: Uint8Array.of(192, 0, n >> 8, n & 255),
  port: 1024 + n,
}));

const NO_LIMITS = { lower: 0, upper: 0 };
const weighing = (weight: (row: Row, size: number) => number) => (size: number) =>
  new Service(size, (row) => ({ weight: weight(row, size), ...NO_LIMITS }));

/** Services of a shape that is kind, and of some that are not. */
const SHAPES = {
  'equal weights': weighing(() => 1),
  'weights 1 to 100': weighing((row) => 1 + (row % 100)),
  'one of 65535': weighing((row, size) => (row === size - 1 ? 65535 : 1)),
  'only the last has weight': weighing((row, size) => (row === size - 1 ? 1 : 0)),
  'all but the last overloaded': (size: number) =>
    new Service(size, (row) => ({
      weight: 1,
      lower: 0,
      upper: row === size - 1 ? 0 : 1,
    })),
} as const;

/** Microseconds of processor time a pick, the median of five spans of 30 ms. */
function cost(scheduler: Scheduler, service: Service): number {
  const spans: number[] = [];
  span(scheduler, service, 60);
  for (let n = 0; n < 5; n++) spans.push(span(scheduler, service, 30));
  return spans.sort((a, b) => a - b)[2] ?? 0;
}

/** Processor time, since other programs may use the machine too. */
function span(scheduler: Scheduler, service: Service, ms: number): number {
  let picks = 0;
  let used = 0;
  for (const start = process.cpuUsage(); used < ms * 1000; picks += 256) {
    for (let n = 0; n < 256; n++) {
      const row = scheduler.pick(service.view, clientNumber(picks + n));
      if (row !== undefined) service.records[row]?.open();
    }
    const { user, system } = process.cpuUsage(start);
    used = user + system;
  }
  return used / picks;
}

function clientNumber(n: number): Client {
  return CLIENTS[n % CLIENTS.length] ?? { address: new Uint8Array(4), port: 0 };
}

const sizes = [10, 100, 2000];
process.stdout.write(
  `Node ${process.version}; microseconds a pick; limit 5 at 2,000 servers\n`,
);
for (const [shape, make] of Object.entries(SHAPES)) {
  process.stdout.write(
    `\n${shape.padEnd(24)}${sizes.map((s) => String(s).padStart(9)).join('')}\n`,
  );
  for (const [name, scheduler] of Object.entries(SCHEDULERS)) {
    const figures = sizes.map((size) =>
      cost(scheduler, make(size)).toFixed(3).padStart(9),
    );
    process.stdout.write(`${name.padEnd(24)}${figures.join('')}\n`);
  }
}
