/* The ceiling: what a proxy costs on Node's private handles, below net.Socket and its streams. It does
   what the director does to bytes, ends and resets, and none of its accounting. Nobody should ship
   this: the handles are Node's own and change without notice. */
import type { Place } from '../place.ts';
import { readTask } from './task.ts';

type Oncomplete = (status: number) => void;

/** A libuv stream as Node's own net.Socket sees it. */
interface Handle {
  owner?: Side;
  onread: (this: Handle) => void;
  useUserBuffer(buffer: Buffer): void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: object, bytes: Uint8Array): number;
  shutdown(request: object): number;
  close(closed: () => void): void;
  reset(closed: () => void): number;
  setNoDelay(on: boolean): number;
  connect(request: object, host: string, port: number): number;
  bind(host: string, port: number): number;
  listen(backlog: number): number;
  onconnection: (status: number, client: Handle) => void;
}

interface Bindings {
  readonly TCP: new (type: number) => Handle;
  readonly TCPConnectWrap: new () => { oncomplete?: Oncomplete };
  readonly constants: { readonly SOCKET: number; readonly SERVER: number };
  readonly WriteWrap: new () => { oncomplete?: Oncomplete };
  readonly ShutdownWrap: new () => { oncomplete?: Oncomplete };
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

const binding: (name: string) => object = Reflect.get(process, 'binding').bind(process);
const node = { ...binding('tcp_wrap'), ...binding('stream_wrap') } as Bindings;

const SIZE = 64 * 1024;
/** A read of at least this much is written at once, from where it was read. */
const BULK = 16 * 1024;
const EOF = -4095;
const shared = Buffer.allocUnsafeSlow(SIZE);
const { services, reals } = readTask();
let next = 0;

/** What a turn of the event loop has read goes out at its end, as the director does it. */
let due: { turnEnded(): void }[] = [];

function atTurnsEnd(one: { turnEnded(): void }): void {
  if (due.push(one) > 1) return;
  setImmediate(() => {
    const now = due;
    due = [];
    for (const one of now) one.turnEnded();
  });
}

function nothing(): void {}

/** One side of a connection, and what waits to be sent to it. */
class Side {
  readonly handle: Handle;
  readonly #pair: Pair;
  #buffer = shared;
  #waiting: Uint8Array | undefined;
  #queued = 0;
  #reading = false;
  #ended = false;
  #closed = false;
  #finSent = false;

  constructor(pair: Pair, handle: Handle) {
    this.#pair = pair;
    this.handle = handle;
    handle.owner = this;
    handle.onread = read;
    handle.useUserBuffer(shared);
  }

  read(bytes: number): void {
    const to = this.#pair.other(this);
    if (bytes === EOF) {
      this.#ended = true;
      to.end();
    } else if (bytes < 0) this.#pair.reset();
    else to.send(this.#chunk(bytes));
  }

  resume(): void {
    if (this.#reading || this.#ended || this.#closed) return;
    this.#reading = true;
    this.handle.readStart();
  }

  pause(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.handle.readStop();
  }

  send(chunk: Uint8Array): void {
    this.turnEnded();
    if (chunk.length >= BULK) this.#write(chunk);
    else {
      this.#waiting = chunk;
      atTurnsEnd(this);
    }
  }

  turnEnded(): void {
    const chunk = this.#waiting;
    this.#waiting = undefined;
    if (chunk && !this.#closed) this.#write(chunk);
  }

  end(): void {
    this.turnEnded();
    if (this.#pair.other(this).#finSent && this.#queued === 0) {
      this.#pair.close();
      return;
    }
    this.#finSent = true;
    const request = new node.ShutdownWrap();
    request.oncomplete = nothing;
    this.handle.shutdown(request);
  }

  close(): void {
    if (!this.#closed) this.handle.close(nothing);
    this.#closed = true;
  }

  reset(): void {
    this.turnEnded();
    if (!this.#closed) this.handle.reset(nothing);
    this.#closed = true;
  }

  /** Bulk stays in a buffer of its own, as nothing more is read while it is queued. */
  #chunk(bytes: number): Uint8Array {
    if (this.#buffer !== shared) return this.#buffer.subarray(0, bytes);
    const copy = Buffer.from(shared.subarray(0, bytes));
    if (bytes >= BULK) {
      this.#buffer = Buffer.allocUnsafeSlow(SIZE);
      this.handle.useUserBuffer(this.#buffer);
    }
    return copy;
  }

  #write(chunk: Uint8Array): void {
    const request = new node.WriteWrap();
    if (this.handle.writeBuffer(request, chunk) !== 0) {
      this.#pair.reset();
      return;
    }
    if (!node.streamBaseState[node.kLastWriteWasAsync]) return;
    this.#queued++;
    request.oncomplete = (status) => this.#written(status);
    this.#pair.other(this).pause();
  }

  #written(status: number): void {
    this.#queued--;
    if (status !== 0) this.#pair.reset();
    else if (this.#queued === 0) this.#pair.other(this).resume();
  }
}

/** One client and its server. */
class Pair {
  readonly #client: Side;
  readonly #server: Side;

  constructor(client: Handle) {
    this.#client = new Side(this, client);
    this.#server = new Side(this, new node.TCP(node.constants.SOCKET));
    atTurnsEnd(this);
  }

  turnEnded(): void {
    const { host, port } = turn();
    const request = new node.TCPConnectWrap();
    request.oncomplete = (status) => this.#connected(status);
    if (this.#server.handle.connect(request, host, port) !== 0) this.reset();
    else this.#server.handle.setNoDelay(true);
  }

  other(side: Side): Side {
    return side === this.#client ? this.#server : this.#client;
  }

  close(): void {
    this.#client.close();
    this.#server.close();
  }

  reset(): void {
    this.#client.reset();
    this.#server.reset();
  }

  #connected(status: number): void {
    if (status !== 0) {
      this.reset();
      return;
    }
    this.#server.resume();
    this.#client.resume();
  }
}

function turn(): Place {
  const real = reals[next++ % reals.length];
  if (!real) throw new Error('no real server');
  return real;
}

function read(this: Handle): void {
  const bytes = node.streamBaseState[node.kReadBytesOrError];
  if (bytes) this.owner?.read(bytes);
}

for (const { host, port } of services) {
  const server = new node.TCP(node.constants.SERVER);
  server.onconnection = (status, client) => {
    if (status !== 0) return;
    client.setNoDelay(true);
    new Pair(client);
  };
  if (server.bind(host, port) !== 0 || server.listen(4096) !== 0)
    throw new Error(`cannot listen on ${host}:${port}`);
}
