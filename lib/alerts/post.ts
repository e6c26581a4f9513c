import { Agent, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as TlsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { SecureContext } from 'node:tls';

/** A request that posts a body. */
export interface Posting {
  readonly url: URL;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  /** Whom https trusts; undefined with http. */
  readonly secureContext: SecureContext | undefined;
  /** Undefined: Node's own. */
  readonly lookup: LookupFunction | undefined;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

/** Of an answer, as much as counts. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** A connection that nobody uses is closed after so long: below what receivers keep it for. */
const IDLE_MS = 2_000;
/** Of a body that nobody reads; past it, or this long, the connection is closed. */
const LARGEST_ANSWER = 4096;
const ANSWER_MS = 1_000;

/** Connections to one server, kept for a burst of messages. Node closes those that nobody uses. */
export function createAgent(protocol: string): Agent {
  const options = { keepAlive: true, maxFreeSockets: 1, timeout: IDLE_MS };
  return protocol === 'https:' ? new TlsAgent(options) : new Agent(options);
}

/** Posts it and reads the answer's head. Redirects are not followed. Rejects with the reason. */
export async function post(posting: Posting): Promise<Answer> {
  try {
    return await once(posting);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    // The server closed it while it was idle: that says nothing of the server.
    return await once(posting);
  }
}

/** A connection that was kept had ended. */
class StaleConnection extends Error {}

function once({ url, body, headers, secureContext, ...how }: Posting): Promise<Answer> {
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  const { agent, lookup, signal } = how;
  return new Promise((resolve, reject) => {
    const request = start(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
      ...{ agent, signal },
      ...(lookup && { lookup }),
      ...(secureContext && { secureContext }),
    });
    let answered = false;
    request.on('error', (error) => {
      if (answered) return; // what the head says holds, whatever becomes of the rest
      const isStale = request.reusedSocket && isReset(error);
      reject(isStale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    // All that Node tells of an answer that would change the protocol.
    request.on('close', () => {
      if (!answered) reject(new Error('the connection was closed without an answer'));
    });
    request.on('response', (response) => {
      answered = true;
      const { statusCode: status = 0, headers } = response;
      const answer = { status, retryAfter: headers['retry-after'] };
      void emptied(response).then(() => resolve(answer));
    });
    request.end(body);
  });
}

function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Settles when the answer has ended, or is cut. Never rejects: its head has told all. */
function emptied(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let size = 0;
    const cut = () => void response.destroy();
    const timer = setTimeout(cut, ANSWER_MS);
    response.on('error', () => {});
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_ANSWER) cut();
    });
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
