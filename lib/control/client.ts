import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { StatusDocument } from '../model/status.ts';
import { TimeLimit } from '../model/time-limit.ts';
import { object } from './api/shape.ts';
import { STATUS } from './api/status-shapes.ts';
import type { Call } from './calls.ts';
import { type Expected, isExpected } from './expected.ts';
import { codeOf, explain, Refused, refused, Strange } from './no-answer.ts';

/** More than a hundred times the document of 100 services of 20. */
const MOST_BYTES = 64 << 20;
const ASK_AGAIN_MS = 50;

export interface StatusRequest {
  readonly timeoutMs: number;
  /** Results of each real server, 1 to 20; left out: none. */
  readonly checks?: number | undefined;
}

/** How long one waits for an answer. */
export interface Patience {
  readonly timeoutMs: number;
  /** Ends the wait; the request is then taken back. */
  readonly signal?: AbortSignal | undefined;
}

/** Asks a running director, by a request of `CALLS` or one's own.
 *  @throws  Refused when it refuses, Strange when the answer is no director's; Error in words for the operator
 *           when nobody listens, there is no permission or no answer in time; the signal's reason */
export async function ask<T>(
  socketPath: string,
  asking: Call<T> & Patience,
): Promise<T> {
  const { timeoutMs } = asking;
  using limit = new TimeLimit(timeoutMs, asking.signal);
  const { signal } = limit;
  try {
    const response = await open(socketPath, asking, signal, {
      accept: 'application/json', // of events the list, not the stream
    });
    const text = await textOf(response);
    // What ends as the time is over looks whole.
    signal.throwIfAborted();
    if (response.statusCode !== 200) throw refused(response.statusCode, text);
    return answered(text, socketPath, asking);
  } catch (error) {
    asking.signal?.throwIfAborted();
    if (error instanceof Refused || error instanceof Strange) throw error;
    // Or as if the director had ended it.
    const why: unknown = signal.aborted ? signal.reason : error;
    throw new Error(explain(why, socketPath, timeoutMs), { cause: error });
  }
}

/** Asks a running daemon for its status over the control socket.
 *  @throws  as {@link ask}, and Error where the answer is no status document */
export async function readStatus(
  socketPath: string,
  { timeoutMs, checks }: StatusRequest,
): Promise<StatusDocument> {
  const query = checks === undefined ? '' : `?checks=${checks}`;
  const path = `/v1/status${query}`;
  const expected = { form: STATUS, needs: ['services'] };
  const call: Call<StatusDocument> = { method: 'GET', path, expected };
  return ask(socketPath, { ...call, timeoutMs }).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
    throw new Error(`${socketPath}: ${error.message}`, { cause: error });
  });
}

/** Sends a request. @returns the answer, its body unread; rejects as node:http does */
export async function open(
  socketPath: string,
  call: Call<unknown>,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = { accept: 'application/json' },
): Promise<IncomingMessage> {
  for (;;)
    try {
      return await send(socketPath, call, signal, headers);
    } catch (error) {
      // EAGAIN: so many wait to be let in that the kernel turns others away.
      if (codeOf(error) !== 'EAGAIN') throw error;
      await delay(ASK_AGAIN_MS, undefined, { signal });
    }
}

async function send(
  socketPath: string,
  { method, path, body }: Call<unknown>,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const asking = request({
    socketPath,
    method,
    path,
    host: 'l4director',
    agent: false,
    signal,
    headers:
      text === undefined
        ? headers
        : {
            ...headers,
            'content-type': 'application/json',
            'content-length': text.length,
          },
  });
  asking.on('error', () => {}); // told by once() as long as that waits
  asking.end(text);
  const [response]: IncomingMessage[] = await once(asking, 'response', { signal });
  if (!response) throw new Error('no response');
  return response;
}

/** @throws Error when it has more than 64 MiB */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error('answered with more than 64 MiB');
  }
  return Buffer.concat(chunks).toString();
}

/** @throws Error where it is none of a director's */
function answered<T>(
  text: string,
  socketPath: string,
  { expected = ANY }: Pick<Call<T>, 'expected'>,
): T {
  const found: unknown = JSON.parse(text);
  if (isExpected(expected, found)) return found as T;
  throw new Strange(socketPath);
}

const ANY: Expected = { form: object(undefined, {}), needs: [] };
