import type { Client, Row, Scheduler, ServiceView } from '../lib/model/scheduler.ts';
import { addressBytes } from '../lib/schedulers/address-bytes.ts';
import { SCHEDULERS } from '../lib/schedulers/index.ts';

/** A service in typed arrays, as an engine keeps it: what a pick costs, not what a test needs. */
class ArrayView implements ServiceView {
  readonly size: number;
  readonly weights: Int32Array;
  readonly actives: Int32Array;
  readonly inactives: Int32Array;
  readonly closed: Uint8Array;
  readonly destination = addressBytes('10.1.1.19');
  flags: ReadonlySet<string> = new Set();
  readonly cursor = new Int32Array(4);
  readonly #addresses: readonly string[];
  #derived: unknown;
  #kept: unknown;

  constructor(size: number, weight: (row: Row) => number) {
    this.size = size;
    this.weights = Int32Array.from({ length: size }, (_, row) => weight(row));
    this.actives = Int32Array.from(
      { length: size },
      (_, row) => 1 + ((row * 7919) % 97),
    );
    this.inactives = Int32Array.from({ length: size }, (_, row) => (row * 104729) % 31);
    this.closed = new Uint8Array(size);
    this.#addresses = Array.from(
      { length: size },
      (_, row) => `10.0.${row >> 8}.${row & 255}`,
    );
  }
  eligible(row: Row): boolean {
    return this.closed[row] === 0 && (this.weights[row] ?? 0) > 0;
  }
  weight(row: Row): number {
    return this.weights[row] ?? 0;
  }
  lastWeight(row: Row): number {
    return this.weights[row] ?? 0;
  }
  active(row: Row): number {
    return this.actives[row] ?? 0;
  }
  inactive(row: Row): number {
    return this.inactives[row] ?? 0;
  }
  load(row: Row): number {
    return 256 * (this.actives[row] ?? 0) + (this.inactives[row] ?? 0);
  }
  address(row: Row): string {
    return this.#addresses[row] ?? '';
  }
  port(): number {
    return 80;
  }
  derive<T>(build: (service: ServiceView) => T): T {
    this.#derived ??= build(this);
    return this.#derived as T;
  }
  keep<T>(create: () => T): T {
    this.#kept ??= create();
    return this.#kept as T;
  }
  random(): number {
    return Math.random();
  }
  now(): number {
    return performance.now();
  }
}

const CLIENTS: readonly Client[] = Array.from({ length: 1024 }, (_, n) => ({
  address: Uint8Array.of(192, 0, n >> 8, n & 255),
  port: 1024 + n,
}));

/** Services of a shape that is kind, and of one that is not. */
const SHAPES = {
  'equal weights': (size: number) => new ArrayView(size, () => 1),
  'weights 1 to 100': (size: number) => new ArrayView(size, (row) => 1 + (row % 100)),
  'one of 65535': (size: number) =>
    new ArrayView(size, (row) => (row === size - 1 ? 65535 : 1)),
  'only the last eligible': (size: number) => {
    const view = new ArrayView(size, () => 1);
    view.closed.fill(1, 0, size - 1);
    return view;
  },
} as const;

/** Microseconds of processor time a pick, the median of five spans of 30 ms. */
function cost(scheduler: Scheduler, view: ArrayView): number {
  const spans: number[] = [];
  span(scheduler, view, 60);
  for (let n = 0; n < 5; n++) spans.push(span(scheduler, view, 30));
  return spans.sort((a, b) => a - b)[2] ?? 0;
}

/** Processor time, since other programs may use the machine too. */
function span(scheduler: Scheduler, view: ArrayView, ms: number): number {
  let picks = 0;
  let used = 0;
  for (const start = process.cpuUsage(); used < ms * 1000; picks += 256) {
    for (let n = 0; n < 256; n++) {
      const row = scheduler.pick(view, clientNumber(picks + n));
      if (row !== undefined) view.actives[row] = (view.actives[row] ?? 0) + 1;
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
