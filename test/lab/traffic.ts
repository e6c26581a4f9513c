import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a client runs on its host. Arguments and results are plain data: they cross a process. */

/** One request on a connection of its own, with no retry. */
export interface Visit {
  /** Monotonic milliseconds since boot, the same clock on every host of the lab. */
  readonly at: number;
  readonly ms: number;
  /** `ok`: all bytes came with status 200. Else errno, `short`, `late` or `HTTP 503`. */
  readonly outcome: string;
  readonly body: string;
}

/** Milliseconds since boot: one clock for all processes of the machine. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/** @param timeoutMs  past it the outcome is `late` */
export function visit(url: string, timeoutMs = 5000): Promise<Visit> {
  const at = now();
  return new Promise((resolve) => {
    const end = (outcome: string, body = '') => {
      clearTimeout(timer);
      resolve({ at, ms: now() - at, outcome, body });
      client.destroy();
    };
    const client = get(url, { agent: false }, (response) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', () => end('short', body));
      response.on('end', () => {
        const ok = response.statusCode === 200;
        end(ok ? 'ok' : `HTTP ${response.statusCode}`, body);
      });
    });
    const timer = setTimeout(end, timeoutMs, 'late');
    client.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code ?? error.message),
    );
  });
}

/** Visits one after the other. */
export async function visits(url: string, count: number): Promise<readonly Visit[]> {
  const made: Visit[] = [];
  for (let i = 0; i < count; i++) made.push(await visit(url));
  return made;
}

const loads = new Map<string, AbortController>();

/** Visits at an even pace, whether or not earlier ones have ended, until {@link endLoad}.
 *  @param rate  new connections a second */
export async function load(url: string, rate: number): Promise<readonly Visit[]> {
  const stop = new AbortController();
  loads.set(url, stop);
  const began = now();
  const made: Promise<Visit>[] = [];
  while (!stop.signal.aborted) {
    const due = ((now() - began) * rate) / 1000;
    while (made.length < due) made.push(visit(url));
    await sleep(1000 / rate, undefined, { signal: stop.signal }).catch(() => {});
  }
  loads.delete(url);
  return Promise.all(made);
}

/** No further visits to that URL; `load` resolves when the last has ended. */
export async function endLoad(url: string): Promise<void> {
  loads.get(url)?.abort();
}

/** Makes one request on a connection, keeps that open and waits for its end. It is kept alive by a
 *  probe a second: one that nobody knows any more is noticed though nothing is said on it.
 *  @returns errno, or `closed` for an end in good order */
export function hold(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      port,
      host,
      keepAlive: true,
      keepAliveInitialDelay: 1000,
    });
    socket.write('GET / HTTP/1.1\r\nHost: lab\r\n\r\n');
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code ?? error.message),
    );
    socket.on('close', () => resolve('closed'));
    socket.resume();
  });
}

/** Says half of a request, and the rest of it after a silence.
 *  @returns `ok`: the answer came, else errno or `closed` */
export function haltingVisit(
  host: string,
  port: number,
  restMs: number,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.write('GET /bytes/10 HTTP/1.1\r\nHost: lab\r\n');
    const timer = setTimeout(() => socket.write('\r\n'), restMs);
    const end = (outcome: string) => {
      clearTimeout(timer);
      resolve(outcome);
      socket.destroy();
    };
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code ?? error.message),
    );
    socket.on('data', () => end('ok'));
    socket.on('close', () => end('closed'));
  });
}
