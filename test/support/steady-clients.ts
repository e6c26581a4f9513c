import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';
import { Site } from './site.ts';

/** Clients that connect again and again, without a retry of their own. */
export interface SteadyClients {
  /** Connections that got all they expected. */
  readonly served: number;
  /** What the others met. */
  readonly lost: readonly string[];
  /** No new ones; settles when the last has ended. */
  stop(): Promise<void>;
}

const WORDS = 'what a client says';

/** @param count  at once */
export function steadyClients(port: number, count: number): SteadyClients {
  const stop = new AbortController();
  const lost: string[] = [];
  let served = 0;
  const loops = Array.from({ length: count }, async () => {
    while (!stop.signal.aborted) {
      const problem = await visit(port);
      if (problem === undefined) served++;
      else lost.push(problem);
    }
  });
  return {
    get served() {
      return served;
    },
    lost,
    async stop() {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

/** One connection. @returns what went wrong */
function visit(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(WORDS));
    let heard = '';
    let problem: string | undefined;
    socket.setEncoding('utf8').on('data', (text) => {
      heard += text;
    });
    socket.on('error', ({ message }) => {
      problem = message;
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error('silence')));
    socket.on('close', () =>
      resolve(problem ?? (heard === WORDS ? undefined : `heard "${heard}"`)),
    );
  });
}

/** A server on loopback that sends back what it gets. @returns its port */
export async function echoServer(t: Test): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1', 1024);
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** One that stays. */
export async function stayingClient(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    /** Settles when the connection is over. */
    gone,
    /** @returns what came back */
    async say(words: string): Promise<string> {
      socket.write(words);
      const [data] = await once(socket, 'data', {
        signal: AbortSignal.timeout(10_000),
      });
      return String(data);
    },
    async leave(): Promise<void> {
      socket.resume().end();
      await gone;
    },
  };
}

/** A director's files, not started: so many workers before one such server, which is checked by connecting. */
export async function echoSite(t: Test, port: number, workers: number): Promise<Site> {
  const site = new Site(
    t,
    `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=127.0.0.1:${port}
    real=127.0.0.1:${await echoServer(t)} masq
    checktype=connect
    service=none
`,
  );
  site.writeIni(`[net]\nworkers = ${workers}\n`);
  return site;
}
