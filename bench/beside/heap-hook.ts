import { Session } from 'node:inspector';
import { createServer } from 'node:net';
import { BroadcastChannel, isMainThread, workerData } from 'node:worker_threads';

// Loaded into a director by NODE_OPTIONS: counts what the thread that forwards takes from its heap, and
// answers on a socket of its own. A line `begin` has it begin, and `end` tells the bytes since then.

const ASK = 'bench-heap-ask';
const TELL = 'bench-heap-tell';
/** Every single allocation, also what was collected meanwhile: counted, not estimated. */
const ALL = {
  samplingInterval: 1,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
};

/** A place in the program, and what it took. Source: the Chrome DevTools protocol. */
interface Taking {
  readonly selfSize: number;
  readonly children: readonly Taking[];
}

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
  const session = new Session();
  session.connect();
  const [ask, tell] = [new BroadcastChannel(ASK), new BroadcastChannel(TELL)];
  ask.onmessage = ({ data }) => {
    if (data === 'begin')
      session.post('HeapProfiler.startSampling', ALL, () => tell.postMessage(0));
    else
      session.post('HeapProfiler.stopSampling', (_error, { profile }) =>
        tell.postMessage(taken(profile.head)),
      );
  };
  ask.unref();
  tell.unref();
}

function taken({ selfSize, children }: Taking): number {
  return children.reduce((sum, child) => sum + taken(child), selfSize);
}
