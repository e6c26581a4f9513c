import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Place } from '../place.ts';

const REQUEST = Buffer.from('GET /small HTTP/1.1\r\nHost: bench\r\n\r\n', 'latin1');
const CONNECT_MS = 10_000;
/** One for all: what is read is counted and forgotten before the next read. */
const ROOM = Buffer.alloc(1 << 16);

/** A connection for small requests, one after the other. Every answer has the length of the
 *  first, since every request is the same. */
export class KeptConnection {
  readonly #socket: Socket;
  #expected = 0;
  #awaited = 0;
  #done: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Connects and makes a first request, so that all is set up on the whole way.
   *  @param from  address of the client
   *  @throws      when there is no good answer in time, or later, through `failed` */
  static async open(
    place: Place,
    from: string,
    failed: (error: Error) => void,
  ): Promise<KeptConnection> {
    const onread = {
      buffer: ROOM,
      callback: (bytes: number) => connection.#read(bytes),
    };
    const socket = connect({ ...place, localAddress: from, noDelay: true, onread });
    const connection = new KeptConnection(socket);
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
    const end = () => failed(new Error('a kept connection has ended'));
    socket.on('error', end).on('close', end);
    await new Promise<void>((resolve) => connection.request(resolve));
    return connection;
  }

  /** @param done  called when the whole answer is there */
  request(done: () => void): void {
    this.#done = done;
    this.#awaited = this.#expected;
    this.#socket.write(REQUEST);
  }

  #read(bytes: number): true {
    if (this.#expected === 0) this.#awaited = this.#expected = lengthOf(bytes);
    this.#awaited -= bytes;
    if (this.#awaited <= 0) this.#done();
    return true;
  }
}

/** Of the whole first answer, whose head comes in one read. */
function lengthOf(bytes: number): number {
  const text = ROOM.toString('latin1', 0, bytes);
  const [, body = ''] = /^HTTP\/1.1 200 .*^Content-Length: (\d+)\r$/ms.exec(text) ?? [];
  const head = text.indexOf('\r\n\r\n') + 4;
  if (body === '' || head < 4) throw new Error(`no good answer: ${text.slice(0, 80)}`);
  return head + Number(body);
}
