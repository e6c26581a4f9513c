import type { Socket } from 'node:net';
import { endpoint } from '../../../../model/address.ts';
import type { Ends } from '../../../../model/proxy-header.ts';
import { Connection } from '../connection.ts';
import type { Desk } from '../desk.ts';
import type { Reception } from '../entrance.ts';
import { ticketFor } from '../gate.ts';
import type { Ender } from '../log/termination.ts';
import { Trace } from '../log/trace.ts';
import { writeLine } from '../log/write-line.ts';
import { resetSocket } from '../reset-socket.ts';
import type { Timed } from '../timer-wheel.ts';
import { type ProxyOpening, ProxyReader } from './proxy-reader.ts';

/** What is known of a client whose first bytes were read. */
export interface Opened {
  /** What its header says; undefined: its socket's hold. */
  readonly ends: Ends | undefined;
  /** From the accept on, where the log has a line. */
  readonly trace: Trace | undefined;
}

/** A client who must say first whose connection it is. Reads just that, and gives the socket on to a
 *  {@link Connection}, with what came behind it put back. Before that no server is picked: schedulers and
 *  persistence look at the client. */
export class Opening implements Timed {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  readonly #line: Reception;
  readonly #desk: Desk;
  readonly #client: Socket;
  readonly #reader = new ProxyReader();
  readonly #peer: string;
  readonly #trace: Trace | undefined;
  #over = false;

  /** Takes the socket over, and leaves the admission where no connection comes of it. */
  constructor(line: Reception, desk: Desk, client: Socket) {
    this.#line = line;
    this.#desk = desk;
    this.#client = client;
    // A client that is gone later has no address any more.
    this.#peer = endpoint(client.remoteAddress ?? '-', client.remotePort ?? 0);
    if (line.logged !== 'none') this.#trace = new Trace(client);
    line.openings.add(this);
    desk.wheel.add(this, line.headerTimeoutMs);
    client.on('data', this.#read);
    client.on('end', this.#left);
    client.on('error', this.#left);
    client.on('close', this.#closed);
    client.resume();
  }

  /** It has taken too long. */
  expire(): void {
    const ms = this.#line.headerTimeoutMs;
    this.#refuse(
      `${this.#reader.seen} bytes of it came within ${ms} ms`,
      'header-silent',
    );
  }

  /** Ends it at once. Idempotent. */
  reset(ender: Ender): void {
    if (this.#over) return;
    this.#end();
    this.#log(ender);
    resetSocket(this.#client);
  }

  readonly #read = (chunk: Buffer): void => {
    const opening = this.#reader.take(chunk);
    if (opening === undefined) return;
    if (opening.kind === 'header') this.#goOn(opening);
    else this.#refuse(opening.reason, 'header');
  };

  #goOn({ ends, rest }: Extract<ProxyOpening, { kind: 'header' }>): void {
    const client = this.#client;
    if (ends) this.#trace?.announce(ends);
    const ticket = ticketFor(this.#line, this.#desk, ends ?? client);
    if (ticket === undefined) {
      this.reset('rule');
      return;
    }
    this.#end();
    client.off('data', this.#read);
    client.off('end', this.#left);
    client.off('error', this.#left);
    client.off('close', this.#closed);
    client.pause();
    if (rest.length > 0) client.unshift(rest);
    const opened = { ends, trace: this.#trace };
    new Connection(this.#line, this.#desk, client, ticket, opened);
  }

  /** It ended, or was reset. One who has not said a word was no client: so do health checks of whoever
   *  stands before us. */
  readonly #left = (): void => {
    const { seen } = this.#reader;
    if (seen > 0) this.#refuse(`it ended after ${seen} bytes`, 'client');
    else if (!this.#over) {
      this.#end();
      this.#log('client');
      this.#client.destroy();
    }
  };

  #refuse(reason: string, ender: Ender): void {
    if (this.#over) return;
    const { id, switchboard } = this.#line;
    switchboard.record.tally('proxyHeaderErrors');
    const about = `${id}, from ${this.#peer}: ${reason}`;
    this.#desk.tell({ type: 'notice', kind: 'header', about });
    this.reset(ender);
  }

  #end(): void {
    this.#over = true;
    this.#desk.wheel.remove(this);
    this.#line.openings.delete(this);
  }

  readonly #closed = (): void => {
    if (!this.#over) this.#end();
    this.#desk.admission.leave();
  };

  #log(ender: Ender): void {
    const trace = this.#trace;
    if (!trace) return;
    trace.blame(ender);
    const bytesIn = this.#client.bytesRead;
    writeLine(this.#line, this.#desk, trace, { bytesIn, bytesOut: 0 });
  }
}
