import type { Server } from 'node:net';
import type { CarriedService } from '../protocol.ts';
import type { Desk } from './desk.ts';
import type { Handle } from './duplicates.ts';
import type { Entrance, Reception } from './entrance.ts';
import { BACKLOG, listening, receptionServer } from './reception-server.ts';

/** The entrance of a TCP service whose sockets whoever started the director has opened: it listens on
 *  duplicates of those that are this worker's. Connections outlive it, and so does each socket's queue. */
export class PassedListener implements Entrance {
  readonly #line: Reception;
  readonly #desk: Desk;
  readonly #worker: number;
  /** By the descriptor that was passed. */
  readonly #servers = new Map<number, Server>();

  constructor(line: Reception, desk: Desk, worker: number) {
    this.#line = line;
    this.#desk = desk;
    this.#worker = worker;
  }

  get isOpen(): boolean {
    return this.#servers.size > 0;
  }

  /** The kernel lets clients in as long as a socket is open. Before the first server is found up they wait,
   *  as until the director's start; when none is left later they are better reset than left waiting. */
  get isBusy(): boolean {
    return this.isOpen;
  }

  async open({ sockets, home }: CarriedService): Promise<string | undefined> {
    const own = new Set(
      sockets
        .filter(({ worker }) => home !== undefined || worker === this.#worker)
        .map(({ descriptor }) => descriptor),
    );
    for (const descriptor of this.#servers.keys())
      if (!own.has(descriptor)) this.#close(descriptor);
    const missing = [...own].filter((descriptor) => !this.#servers.has(descriptor));
    const codes = await Promise.all(missing.map((one) => this.#listen(one)));
    return codes.find((code) => code !== undefined);
  }

  shut(): void {
    for (const descriptor of this.#servers.keys()) this.#close(descriptor);
  }

  #close(descriptor: number): void {
    this.#servers.get(descriptor)?.close();
    this.#servers.delete(descriptor);
  }

  async #listen(descriptor: number): Promise<string | undefined> {
    let handle: Handle;
    try {
      handle = await this.#desk.duplicates.take(descriptor);
    } catch (error) {
      return codeOf(error);
    }
    const server = receptionServer(this.#line, this.#desk);
    const code = await listening(server, this.#line, this.#desk, () =>
      server.listen(handle, BACKLOG),
    );
    if (code === undefined) this.#servers.set(descriptor, server);
    else handle.close();
    return code;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
