import type { Socket } from 'node:net';
import { announced } from './announced.ts';
import type { Desk, Line } from './desk.ts';
import { Dialling } from './dialling.ts';
import { tellFailure } from './failure-tally.ts';
import { UNCOUNTED } from './gate.ts';
import type { Ender } from './log/termination.ts';
import { writeLine } from './log/write-line.ts';
import type { Opened } from './opening/opening.ts';
import { resetSocket, wasReset } from './reset-socket.ts';
import { connectionSight, type Sight } from './sight.ts';
import { Splice, type SpliceOwner } from './splice.ts';

/** One client's connection, from its accept to the close of both sockets: once a server has taken it, the two
 *  are spliced together. */
export class Connection extends Dialling implements SpliceOwner {
  readonly #ticket: number;

  /** Takes the socket over, and leaves the admission when all is closed. Dials with the
   *  batch.
   *  @param ticket  of its service's gate
   *  @param opened  what was learnt from its first bytes, where these were read */
  constructor(line: Line, desk: Desk, client: Socket, ticket: number, opened?: Opened) {
    super(line, desk, client, opened);
    this.#ticket = ticket;
    client.on('error', () => this.reset('client'));
    client.on('close', this.closed);
    desk.batch.add(this);
  }

  /** Ends both sides at once with a RST. What was read before goes out first; what a side does
   *  not take is lost. */
  reset(ender: Ender): void {
    if (this.state === 'ended') return;
    const dialling = this.state === 'dialling';
    if (ender === 'server' && this.line.tellsFailures) this.#tellEarlyReset();
    this.splice?.flush();
    this.trace?.blame(ender);
    this.#release();
    this.#log();
    resetSocket(this.client);
    if (dialling) this.server?.destroy();
    else if (this.server) resetSocket(this.server);
  }

  retire(): void {
    this.splice?.retire();
  }

  seen(): Sight | undefined {
    const { began } = this;
    const at = this.booking?.server;
    const going = { service: this.line.id, at, state: this.state, began };
    return connectionSight(going, this.ends, this.client, this.server);
  }

  halfClosed(): void {
    this.state = 'half-closed';
    if (this.booking) this.line.switchboard.halfClosed(this.booking);
  }

  protected connected(): void {
    const server = this.server;
    const real = this.booking?.server;
    if (!server || !real || this.state !== 'dialling') return;
    this.state = 'open';
    this.trace?.connected();
    real.record.connected();
    this.desk.wheel.remove(this);
    this.splice = new Splice(this.line, this.desk, this, server, real);
    const header = announced(this.line, this.client, this.ends);
    if (header) this.splice.introduce(header);
    if (this.waiter) this.splice.catchUp(this.waiter);
    // Read from before, it may have ended before anybody listened.
    if (this.client.readableEnded) this.#endedBefore(this.splice);
  }

  #endedBefore(splice: Splice): void {
    if (wasReset(this.client)) this.reset('client');
    else splice.clientEnded();
  }

  protected readonly closed = () => {
    if (--this.sockets > 0) return;
    this.#release();
    this.#log();
    if (this.client.writableLength === 0) this.buffer.release();
    this.desk.admission.leave();
    if (this.#ticket !== UNCOUNTED) this.desk.counting.sources.leave(this.#ticket);
  };

  /** Where the client has ended its direction, a reset may be what it gets for that. */
  #tellEarlyReset(): void {
    const real = this.booking?.server;
    if (!real || this.state !== 'open' || this.server?.bytesRead !== 0) return;
    tellFailure(real, this.desk, 'reset before the first byte of an answer');
  }

  /** Once, while it still counts among the connections. */
  #log(): void {
    const trace = this.trace;
    if (!trace) return;
    this.trace = undefined;
    const bytesIn = this.client.bytesRead;
    const bytesOut = this.server?.bytesRead ?? 0;
    writeLine(this.line, this.desk, trace, { bytesIn, bytesOut });
  }

  #release(): void {
    const booking = this.booking;
    if (booking) this.unbook(booking);
    this.waiter?.leave();
    this.state = 'ended';
    if (booking) this.line.room?.freed();
  }
}
