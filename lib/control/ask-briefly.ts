import { connect } from 'node:net';
import { TimeLimit } from '../model/time-limit.ts';
import { codeOf, explain, Refused, refused, Strange } from './no-answer.ts';

/** Far above an answer of one line. */
const MOST_BYTES = 64 << 10;
const ASK_AGAIN_MS = 50;

/** As `ask`, for what is answered in a line, without HTTP's own code: that takes longer to load than all else takes, and
 *  engines of high availability start a program for it every second.
 *  @returns what the answer's JSON holds. @throws as `ask` */
export async function askBriefly(
  socketPath: string,
  path: string,
  timeoutMs: number,
): Promise<unknown> {
  using limit = new TimeLimit(timeoutMs);
  const { signal } = limit;
  try {
    const { status, body } = await answer(socketPath, path, signal);
    if (status !== 200) throw refused(status, body);
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof Refused || error instanceof Strange) throw error;
    const why: unknown = signal.aborted ? signal.reason : error;
    throw new Error(explain(why, socketPath, timeoutMs), { cause: error });
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function answer(
  socketPath: string,
  path: string,
  signal: AbortSignal,
): Promise<Answer> {
  const request = `GET ${path} HTTP/1.1\r\nhost: l4director\r\naccept: application/json\r\nconnection: close\r\n\r\n`;
  for (;;)
    try {
      return parsed(await exchanged(socketPath, request, signal), socketPath);
    } catch (error) {
      // EAGAIN: so many wait to be let in that the kernel turns others away.
      if (codeOf(error) !== 'EAGAIN') throw error;
      const { setTimeout: delay } = await import('node:timers/promises');
      await delay(ASK_AGAIN_MS, undefined, { signal });
    }
}

/** @returns all that came until the other side closed */
async function exchanged(
  socketPath: string,
  request: string,
  signal: AbortSignal,
): Promise<Buffer> {
  signal.throwIfAborted();
  const socket = connect(socketPath);
  const end = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    socket.write(request);
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of socket) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_BYTES) throw new Strange(socketPath);
    }
    // What ends as the time is over looks whole.
    signal.throwIfAborted();
    return Buffer.concat(chunks);
  } finally {
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
}

/** A director says how long its answer is. */
function parsed(bytes: Buffer, socketPath: string): Answer {
  const at = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('latin1', 0, Math.max(at, 0));
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(head) ?? [];
  const [, length] = /^content-length: (\d+)\r?$/im.exec(head) ?? [];
  const body = bytes.subarray(at + 4);
  if (bytes.length === 0 || body.length < Number(length)) throw new CutOff();
  if (status === undefined || length === undefined) throw new Strange(socketPath);
  return { status: Number(status), body: body.toString() };
}

class CutOff extends Error {
  readonly code = 'ECONNRESET';
}
