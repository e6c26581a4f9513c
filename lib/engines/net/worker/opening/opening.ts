import type { Socket } from 'node:net';
import { endpoint } from '../../../../model/address.ts';
import type { Ends } from '../../../../model/proxy-header.ts';
import { Connection } from '../connection.ts';
import type { Desk } from '../desk.ts';
import type { Reception } from '../entrance.ts';
import { ticketFor, UNCOUNTED } from '../gate.ts';
import type { Ender } from '../log/termination.ts';
import { Trace } from '../log/trace.ts';
import { writeLine } from '../log/write-line.ts';
import { resetSocket } from '../reset-socket.ts';
import type { Timed } from '../timer-wheel.ts';
import type { FirstBytes, FirstReader } from './first-bytes.ts';
import { HelloReader } from './hello-reader.ts';
import type { Hosts } from './hosts.ts';
import { ProxyReader } from './proxy-reader.ts';

/** What is known of a client whose first bytes were read. */
export interface Opened {
  /** What its header says; undefined: its socket's hold. */
  readonly ends: Ends | undefined;
  /** From the accept on, where the log has a line. */
  readonly trace: Trace | undefined;
}

/** What is read of a client before it is served: one thing after the other. */
type Stage =
  | { readonly what: 'header'; readonly reader: FirstReader<Ends | undefined> }
  | { readonly what: 'hello'; readonly reader: FirstReader<string | undefined> };

const TALLY = { header: 'proxyHeaderErrors', hello: 'sniErrors' } as const;

/** A client of whom is to be known first whose connection it is, or for which of several services. Reads just that,
 *  and gives the socket on to a {@link Connection}, with all that is the server's put back. Before that no server is
 *  picked: schedulers and persistence look at the client. */
export class Opening implements Timed {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  readonly #line: Reception;
  readonly #desk: Desk;
  readonly #client: Socket;
  readonly #peer: string;
  readonly #trace: Trace | undefined;
  #stage: Stage;
  #timeoutMs: number;
  /** Of the gate of the service that it called. */
  #ticket: number;
  #ends: Ends | undefined;
  #over = false;

  /** Takes the socket over, and leaves the admission where no connection comes of it.
   *  @param ticket  of the service's gate, which lets it in; undefined: a header says first who it is */
  constructor(line: Reception, desk: Desk, client: Socket, ticket: number | undefined) {
    this.#line = line;
    this.#desk = desk;
    this.#client = client;
    this.#ticket = ticket ?? UNCOUNTED;
    const isHeaded = ticket === undefined;
    this.#stage = isHeaded
      ? { what: 'header', reader: new ProxyReader() }
      : { what: 'hello', reader: new HelloReader() };
    this.#timeoutMs = isHeaded ? line.headerTimeoutMs : (line.hosts?.timeoutMs ?? 0);
    // A client that is gone later has no address any more.
    this.#peer = endpoint(client.remoteAddress ?? '-', client.remotePort ?? 0);
    if (line.logged !== 'none' || line.hosts) this.#trace = new Trace(client);
    if (line.hosts) this.#trace?.asked(line.id);
    line.openings.add(this);
    desk.wheel.add(this, this.#timeoutMs);
    client.on('data', this.#read);
    client.on('end', this.#left);
    client.on('error', this.#left);
    client.on('close', this.#closed);
    client.resume();
  }

  /** It has taken too long. */
  expire(): void {
    const { seen } = this.#stage.reader;
    const reason = `${seen} bytes of it came within ${this.#timeoutMs} ms`;
    this.#refuse(reason, 'header-silent');
  }

  /** Ends it at once. Idempotent. */
  reset(ender: Ender): void {
    if (this.#over) return;
    this.#end();
    this.#log(ender);
    resetSocket(this.#client);
  }

  readonly #read = (chunk: Buffer): void => {
    const stage = this.#stage;
    if (stage.what === 'header') {
      const first = this.#taken(stage.reader.take(chunk));
      if (first) this.#announced(first.found, first.rest);
    } else {
      const first = this.#taken(stage.reader.take(chunk));
      if (first) this.#lead(first.found, first.rest);
    }
  };

  #taken<T>(first: FirstBytes<T> | undefined) {
    if (first?.kind === 'done') return first;
    if (first) this.#refuse(first.reason, 'header');
    return undefined;
  }

  #announced(ends: Ends | undefined, rest: Buffer): void {
    this.#ends = ends;
    if (ends) this.#trace?.announce(ends);
    const ticket = ticketFor(this.#line, this.#desk, ends ?? this.#client);
    if (ticket === undefined) {
      this.reset('rule');
      return;
    }
    this.#ticket = ticket;
    const { hosts } = this.#line;
    if (hosts) this.#awaitHello(hosts, rest);
    else this.#goOn(rest, ticket);
  }

  #awaitHello({ timeoutMs }: Hosts, rest: Buffer): void {
    this.#stage = { what: 'hello', reader: new HelloReader() };
    this.#timeoutMs = timeoutMs;
    this.#desk.wheel.move(this, timeoutMs);
    if (rest.length > 0) this.#read(rest);
  }

  /** @param name  what it asks for; undefined: nothing that could be found */
  #lead(name: string | undefined, rest: Buffer): void {
    const line = this.#line;
    const { hosts } = line;
    const id = hosts?.idFor(name);
    if (hosts) this.#trace?.asked(line.id, name);
    if (hosts && id !== undefined) {
      this.#goTo(hosts.service(id), rest);
      return;
    }
    if (hosts) line.switchboard.record.tally('sniUnmatched');
    if (hosts?.servesRest === false) this.reset('rule');
    else this.#goOn(rest, this.#ticket);
  }

  /** To another service: its gate is asked too, and the first one lets go when the client does. */
  #goTo(to: Reception | undefined, rest: Buffer): void {
    if (!to) {
      this.#line.switchboard.record.count('refused');
      this.reset('server');
      return;
    }
    to.switchboard.record.count('accepted');
    const first = this.#ticket;
    const ticket = ticketFor(to, this.#desk, this.#ends ?? this.#client);
    if (ticket === undefined) {
      this.reset('rule');
      return;
    }
    const { sources } = this.#desk.counting;
    if (first !== UNCOUNTED) this.#client.once('close', () => sources.leave(first));
    this.#goOn(rest, ticket, to);
    to.came();
  }

  #goOn(rest: Buffer, ticket: number, to: Reception = this.#line): void {
    const client = this.#client;
    this.#end();
    client.off('data', this.#read);
    client.off('end', this.#left);
    client.off('error', this.#left);
    client.off('close', this.#closed);
    client.pause();
    if (rest.length > 0) client.unshift(rest);
    const ends = this.#ends ?? (to === this.#line ? undefined : this.#called(to));
    const opened = { ends, trace: this.#trace };
    new Connection(to, this.#desk, client, ticket, opened);
  }

  /** A server that is told whom the client called hears of where it came in. */
  #called({ sendProxy }: Reception): Ends | undefined {
    if (!sendProxy) return undefined;
    const { remoteAddress, remotePort, localAddress } = this.#client;
    const localPort = this.#line.askedPort;
    return { remoteAddress, remotePort, localAddress, localPort };
  }

  /** It ended, or was reset. One who has not said a word was no client: so do health checks of whoever
   *  stands before us. */
  readonly #left = (): void => {
    const { seen } = this.#stage.reader;
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
    const { what } = this.#stage;
    switchboard.record.tally(TALLY[what]);
    const about = `${id}, from ${this.#peer}: ${reason}`;
    this.#desk.tell({ type: 'notice', kind: what, about });
    this.reset(ender);
  }

  #end(): void {
    this.#over = true;
    this.#desk.wheel.remove(this);
    this.#line.openings.delete(this);
  }

  readonly #closed = (): void => {
    if (!this.#over) this.#end();
    if (this.#ticket !== UNCOUNTED) this.#desk.counting.sources.leave(this.#ticket);
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
