import { during, openStream, type StreamPeer } from '../socket.ts';
import { type BodyReader, bodyReader } from './http-body.ts';
import { type HttpHead, parseHead } from './http-head.ts';
import { withoutControls } from './without-controls.ts';

/** One request, made on a connection of its own. */
export interface HttpRequest extends StreamPeer {
  readonly method: 'GET' | 'HEAD';
  /** Path and query, escaped; for a proxy the whole URL. */
  readonly path: string;
  readonly hostHeader: string;
  /** Undefined: none is sent. */
  readonly authorization: string | undefined;
  readonly bodyLimit: number;
}

export interface HttpAnswer extends Omit<HttpHead, 'length'> {
  /** As sent, but for the transfer coding; what came of it when it was cut short. */
  readonly body: Buffer;
  /** There was more than the limit. */
  readonly tooLong: boolean;
}

const HEAD_LIMIT = 65_536;

/** Sends the request and reads the answer. Bounded, and lenient as libwww-perl is: once the
 *  head is there, whatever ends the body (time-out, reset, bad chunk) ends it there.
 *  Rejects when no head comes; the connection is closed in any case.
 *  Node's own client is not used: it refuses HTTP/0.9 and anything else that is not by the
 *  book, where ldirectord takes the bytes as a page. */
export async function exchange(
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const socket = await openStream(request, signal);
  const reader = new AnswerReader(request);
  try {
    socket.write(requestText(request), 'latin1');
    for await (const bytes of socket) if (!reader.push(bytes)) break;
    signal.throwIfAborted();
  } catch (error) {
    if (!reader.started)
      throw during('waiting for an answer', signal.aborted ? signal.reason : error);
  } finally {
    socket.destroy();
  }
  return reader.answer();
}

function requestText(request: HttpRequest): string {
  const { method, path, hostHeader, authorization } = request;
  const lines = [
    `${method} ${path} HTTP/1.1`,
    // The host stands in the file and may hold a carriage return.
    `Host: ${withoutControls(hostHeader)}`,
    'User-Agent: l4director',
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Puts an answer together as its bytes come. */
class AnswerReader {
  readonly #request: HttpRequest;
  #pending = Buffer.alloc(0);
  #passed = 0;
  #head: HttpHead | undefined;
  #body: BodyReader | undefined;

  constructor(request: HttpRequest) {
    this.#request = request;
  }

  /** The head is complete. */
  get started(): boolean {
    return this.#head !== undefined;
  }

  /** @returns false when nothing more is wanted */
  push(bytes: Buffer): boolean {
    if (this.#body) return this.#body.push(bytes);
    this.#pending = Buffer.concat([this.#pending, bytes]);
    return this.#readHead(false);
  }

  answer(): HttpAnswer {
    if (!this.#head) this.#readHead(true);
    const { status, reason, headers } = this.#head ?? nothing();
    const body = this.#body?.bytes() ?? Buffer.alloc(0);
    return { status, reason, headers, body, tooLong: this.#body?.tooLong ?? false };
  }

  #readHead(ended: boolean): boolean {
    if (ended && this.#pending.length === 0) nothing();
    const head = parseHead(this.#pending.toString('latin1'), ended);
    if (this.#passed + (head?.length ?? this.#pending.length) > HEAD_LIMIT)
      throw new Error(`a header of more than ${HEAD_LIMIT} bytes`);
    if (head === undefined) return true;
    const rest = this.#pending.subarray(head.length);
    if (isInterim(head.status) && !ended) return this.#skipInterim(rest, head.length);
    this.#body = bodyReader(head, this.#request.method, this.#request.bodyLimit);
    this.#head = head;
    return this.#body.push(rest);
  }

  /** "100 Continue" and its like: the answer proper is still to come. */
  #skipInterim(rest: Buffer, length: number): boolean {
    this.#passed += length;
    this.#pending = Buffer.alloc(0);
    return this.push(rest);
  }
}

/** After 101 it is HTTP no more. */
function isInterim(status: number): boolean {
  return status < 200 && status !== 101;
}

function nothing(): never {
  throw new Error('the connection was closed without an answer');
}
