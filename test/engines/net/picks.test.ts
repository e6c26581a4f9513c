import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { Memory } from '../../../lib/engines/net/table/memory.ts';
import { ServerRecord } from '../../../lib/engines/net/table/server-record.ts';
import { CARRIED } from '../../support/carried.ts';
import { COUNTS } from './fixtures/together.ts';

const THREAD = new URL(
  `./fixtures/pick-thread${extname(import.meta.url)}`,
  import.meta.url,
);
const WORKERS = 4;
const PICKS = WORKERS * COUNTS;

/** Picks in four threads at once. Half of the connections stay; with an upper threshold all do,
 *  until nothing is eligible.
 *  @returns each server's connections in the end, and in all */
async function picked(scheduler: string, weights: readonly number[], upper = 0) {
  const memory = new Memory(WORKERS);
  const segment = memory.grow();
  const columns = weights.map((weight, n) => {
    const cell = memory.cell(n + 1);
    const own = Array.from({ length: WORKERS }, (_, w) => new ServerRecord(cell, w));
    own[0]?.set({ weight, lower: 0, upper });
    return own;
  });
  const service = { ...CARRIED, scheduler, servers: weights.map((_, n) => server(n)) };
  const meeting = new Int32Array(new SharedArrayBuffer(4));
  const threads = Array.from({ length: WORKERS }, (_, worker) => {
    const common = { segment, meeting, workers: WORKERS, service };
    const workerData = { ...common, worker, staying: upper > 0 ? 2 : 1 };
    return new Worker(THREAD, { workerData });
  });
  await Promise.all(threads.map((thread) => once(thread, 'exit')));
  return columns.map((own) => ({
    active: own[0]?.active,
    inactive: own[0]?.inactive,
    picks: own.map(({ totals }) => totals.totalConnections).reduce(sum),
  }));
}

t.test('rr and wrr share out the picks of all threads exactly', async (t) => {
  const cases: readonly [string, readonly number[]][] = [
    ['rr', [1, 1, 1, 1]],
    ['wrr', [5, 2, 1]],
  ];
  for (const [scheduler, weights] of cases) {
    const servers = await picked(scheduler, weights);
    const share = PICKS / weights.reduce(sum);
    t.same(
      servers.map(({ picks }) => picks),
      weights.map((weight) => weight * share),
      scheduler,
    );
    t.equal(servers.map(({ active = 0 }) => active).reduce(sum), PICKS / 2);
    t.ok(servers.every(({ inactive }) => inactive === 0));
  }
});

t.test('no threshold is passed, whichever threads pick', async (t) => {
  const servers = await picked('lc', [1, 1, 1, 1], 5000);
  t.same(
    servers.map(({ active }) => active),
    Array(4).fill(5000),
  );
});

function sum(total: number, one: number): number {
  return total + one;
}

function server(n: number) {
  return {
    id: `server ${n}`,
    record: n + 1,
    generation: 1,
    address: '192.0.2.1',
    port: 80,
    problem: undefined,
  };
}
