import type { Socket } from 'node:net';
import { readElement, TAG } from './ber.ts';
import {
  failureOf,
  type LdapMessage,
  OPERATION,
  readMessage,
  unbindRequest,
} from './ldap-message.ts';

/** What a server may send in one conversation: an entry without attributes is short. */
const LIMIT = 65_536;

/** One conversation with a directory server over an open connection, one request at a time.
 *  Disposing it closes that. */
export class LdapConnection implements Disposable {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  readonly #messages: AsyncIterator<LdapMessage, undefined>;
  #id = 0;

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    this.#messages = messagesOf(socket);
  }

  /** Sends a request; a failure shows in what is received next. */
  send(request: (id: number) => Buffer): void {
    this.#id++;
    if (this.#socket.writable) this.#socket.write(request(this.#id));
  }

  /** The next message that answers the request. Rejects when something else comes, at the end
   *  of the connection, past 64 KiB in all, and with the signal's reason. */
  async receive(): Promise<LdapMessage> {
    const { value } = await this.#messages.next().catch((error) => {
      throw this.#signal.aborted ? this.#signal.reason : error;
    });
    this.#signal.throwIfAborted();
    if (value === undefined)
      throw new Error('the connection was closed, no answer came');
    if (value.id !== this.#id) throw notAsked(value);
    return value;
  }

  [Symbol.dispose](): void {
    if (this.#socket.writable) this.#socket.end(unbindRequest(this.#id + 1));
    this.#socket.destroy();
  }
}

async function* messagesOf(socket: Socket): AsyncGenerator<LdapMessage, undefined> {
  let pending: Buffer = Buffer.alloc(0);
  let received = 0;
  for await (const bytes of socket) {
    received += bytes.length;
    if (received > LIMIT) throw new Error(`more than ${LIMIT} bytes came`);
    pending = Buffer.concat([pending, bytes]);
    if (pending[0] !== TAG.sequence) throw notLdap(pending);
    for (;;) {
      const next = readElement(pending);
      if (next === undefined) break;
      pending = next.rest;
      yield readMessage(next);
    }
  }
}

function notLdap(bytes: Buffer): Error {
  return new Error(`expected LDAP, got "${bytes.toString('latin1')}"`);
}

/** A server that ends the conversation may say why, in an answer to nothing.
 *  Source: RFC 4511, 4.4.1. */
function notAsked(message: LdapMessage): Error {
  const notice = message.id === 0 && message.operation === OPERATION.extendedResponse;
  const why = notice ? failureOf(message) : undefined;
  return new Error(
    why === undefined
      ? `expected an answer to this request, got one to request ${message.id}`
      : `the server closes the connection: ${why}`,
  );
}
