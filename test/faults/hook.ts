import { unlinkSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Worker } from 'node:worker_threads';

/** Loaded into a director of the campaign (`NODE_OPTIONS=--import=`): two signals that no operator sends
 *  make happen in it what nothing outside can. PWR: the worker thread that was started last is killed.
 *  STKFLT: the main thread does nothing else for `FAULT_BLOCK_MS`. And the first thread that forwards to find
 *  the file `FAULT_SPIN` takes it away, and does nothing else for ever. */
const threads = createRequire(import.meta.url)('node:worker_threads');
const workers: Worker[] = [];

if (threads.isMainThread && process.argv.includes('start')) {
  threads.Worker = class extends threads.Worker {
    constructor(script: URL, ...options: unknown[]) {
      super(script, ...options);
      if (String(script).includes('/engines/net/')) workers.push(this as never);
    }
  };
  syncBuiltinESMExports();
  process.on('SIGPWR', () => void workers.pop()?.terminate());
  process.on('SIGSTKFLT', () => {
    const end = performance.now() + Number(process.env.FAULT_BLOCK_MS ?? 1000);
    while (performance.now() < end);
  });
}

const { FAULT_SPIN: file } = process.env;
if (file && threads.workerData?.pulses !== undefined)
  setInterval(spin, 50, file).unref();

function spin(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    return;
  }
  for (;;);
}
