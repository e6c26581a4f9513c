import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { startPulse } from '../crew/pulses.ts';
import type { WorkerStart } from '../protocol.ts';
import { Worker } from './worker.ts';

/** A worker thread's entry. */
function main(port: MessagePort, start: WorkerStart): void {
  const worker = new Worker(start, (message) => port.postMessage(message));
  startPulse(start.pulses, start.worker);
  port.on('message', (message) => {
    worker.handle(message);
    if (message.type === 'close') port.close();
  });
}

if (parentPort) main(parentPort, workerData);
