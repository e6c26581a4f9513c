import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { StatusDocument } from '../model/status.ts';

/** More than a hundred times the document of 100 services of 20. */
const MOST_BYTES = 64 << 20;
const ASK_AGAIN_MS = 50;

export interface StatusRequest {
  readonly timeoutMs: number;
  /** Results of each real server, 1 to 20; left out: none. */
  readonly checks?: number | undefined;
}

/** Asks a running daemon for its status over the control socket.
 *  @throws  Error in words for the operator: nobody listens, no permission, no answer in time,
 *           or an answer that is no status document */
export async function readStatus(
  socketPath: string,
  { timeoutMs, checks }: StatusRequest,
): Promise<StatusDocument> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const query = checks === undefined ? '' : `?checks=${checks}`;
    const text = await patiently(
      () => get(socketPath, `/v1/status${query}`, signal),
      signal,
    );
    return parse(text, socketPath);
  } catch (error) {
    throw new Error(explain(error, socketPath, timeoutMs), { cause: error });
  }
}

/** EAGAIN: so many wait to be let in that the kernel turns others away. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN'))
        throw error;
      await delay(ASK_AGAIN_MS, undefined, { signal });
    }
}

async function get(
  socketPath: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const asking = request({
    socketPath,
    path,
    host: 'l4director',
    agent: false,
    signal,
  });
  asking.end();
  const [response]: IncomingMessage[] = await once(asking, 'response', { signal });
  if (!response) throw new Error('no response');
  const text = await textOf(response);
  if (response.statusCode !== 200)
    throw new Error(`answered ${response.statusCode}: ${text.slice(0, 200)}`);
  return text;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error('answered with more than 64 MiB');
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string, socketPath: string): StatusDocument {
  const found: unknown = JSON.parse(text);
  if (!isStatus(found)) throw new Error(`${socketPath} did not answer with a status`);
  return found;
}

/** Only what tells the document from another's; its fields are a contract of one program. */
function isStatus(found: unknown): found is StatusDocument {
  return (
    typeof found === 'object' &&
    found !== null &&
    'services' in found &&
    Array.isArray(found.services)
  );
}

function explain(error: unknown, socketPath: string, timeoutMs: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK')
    return `no director is running: nobody listens on ${socketPath}`;
  if (code === 'EACCES')
    return `no permission for ${socketPath}; run as root or as the director's user or group`;
  if (error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name))
    return `the director does not answer on ${socketPath} within ${timeoutMs / 1000} s`;
  return `${socketPath}: ${error instanceof Error ? error.message : String(error)}`;
}
