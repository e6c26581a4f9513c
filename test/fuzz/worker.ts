import { parentPort } from 'node:worker_threads';
import { play } from './play.ts';
import type { Order, Said } from './player.ts';
import { TARGETS } from './targets/index.ts';

const say = (what: Said) => parentPort?.postMessage(what);

async function obey({ name, input, ...measure }: Order): Promise<void> {
  const row = TARGETS[name];
  if (!row) throw new Error(`no target is called ${name}`);
  say({ outcome: await play(row, measure, { begun: (seed) => say({ seed }), input }) });
}

parentPort?.on('message', (order: Order | 'end') => {
  if (order === 'end') process.exit();
  obey(order).catch((error) => say({ lost: String(error?.stack ?? error) }));
});
