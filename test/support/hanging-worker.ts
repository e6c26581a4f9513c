import { existsSync, readFileSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';

/** Loaded into a director: as soon as there is a named pipe of that name, its threads that forward read from it,
 *  which nothing can interrupt. */
const { HANGING_PIPE: pipe = '' } = process.env;
if (!isMainThread && workerData?.pulses !== undefined)
  setInterval(() => existsSync(pipe) && readFileSync(pipe), 50).unref();
