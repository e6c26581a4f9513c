import { createServer } from 'node:net';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread, workerData } from 'node:worker_threads';

// Loaded into a director by NODE_OPTIONS: says on a socket of its own how much of the heap of the
// thread that forwards is in use. A line `collect` has that thread collect its garbage before.

const ASK = 'bench-heap-ask';
const TELL = 'bench-heap-tell';

if (isMainThread) {
  const path = process.env.BENCH_HEAP;
  if (path) listen(path);
} else if (workerData?.admission) answer();

function listen(path: string): void {
  const [ask, tell] = [new BroadcastChannel(ASK), new BroadcastChannel(TELL)];
  ask.unref();
  tell.unref();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (line) => {
      tell.onmessage = ({ data }) => void socket.end(String(data));
      ask.postMessage(String(line));
    });
  });
  server.on('error', () => {}); // a command's own process comes second
  server.listen(path).unref();
}

function answer(): void {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const [ask, tell] = [new BroadcastChannel(ASK), new BroadcastChannel(TELL)];
  ask.onmessage = ({ data }) => {
    if (data === 'collect') collect();
    tell.postMessage(getHeapStatistics().used_heap_size);
  };
  ask.unref();
  tell.unref();
}
