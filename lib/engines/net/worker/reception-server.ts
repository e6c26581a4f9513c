import { createServer, type Server, type Socket } from 'node:net';
import { BULK } from './buffers.ts';
import { Connection } from './connection.ts';
import type { Desk } from './desk.ts';
import type { Reception } from './entrance.ts';
import { ticketFor, UNCOUNTED } from './gate.ts';
import type { Ender } from './log/termination.ts';
import { Trace } from './log/trace.ts';
import { writeLine } from './log/write-line.ts';
import { Opening } from './opening/opening.ts';
import { resetSocket } from './reset-socket.ts';

/** Connections that may wait to be accepted; the kernel's somaxconn bounds it. */
export const BACKLOG = 4096;

/** What accepts the clients of a TCP service; it does not listen yet.
 *  @param came  called for each */
export function receptionServer(
  line: Reception,
  desk: Desk,
  came: () => void = () => {},
): Server {
  const server = createServer({
    allowHalfOpen: true,
    pauseOnConnect: true,
    highWaterMark: BULK,
  });
  server.on('connection', (socket) => {
    came();
    accept(line, desk, socket);
  });
  return server;
}

/** Has it listen. It goes on when accept() fails later, for want of memory or descriptors: that passes.
 *  @param listen  calls the server's
 *  @returns       the error's code */
export function listening(
  server: Server,
  { id }: Reception,
  desk: Desk,
  listen: () => void,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) =>
      resolve(error.code ?? error.message);
    server.once('error', failed);
    server.once('listening', () => {
      server.off('error', failed);
      server.on('error', ({ message }) =>
        desk.tell({ type: 'notice', kind: 'accept', about: `${id}: ${message}` }),
      );
      resolve(undefined);
    });
    listen();
  });
}

function accept(line: Reception, desk: Desk, socket: Socket): void {
  const { id, switchboard } = line;
  switchboard.record.count('accepted');
  if (asksWho(line) && socket.remoteAddress === undefined) {
    desk.admission.count();
    turnAway(line, desk, socket, 'client');
    return;
  }
  const isHeaded = line.headed?.(socket) === true;
  // Of one whose header is to come nothing is known yet.
  const ticket = isHeaded ? UNCOUNTED : ticketFor(line, desk, socket);
  if (ticket === undefined) {
    desk.admission.count();
    turnAway(line, desk, socket, 'rule');
    return;
  }
  if (desk.admission.enter()) {
    if (isHeaded) new Opening(line, desk, socket, undefined);
    else if (line.hosts) new Opening(line, desk, socket, ticket);
    else new Connection(line, desk, socket, ticket);
    line.came();
    return;
  }
  if (ticket !== UNCOUNTED) desk.counting.sources.leave(ticket);
  switchboard.record.count('refused');
  desk.tell({ type: 'notice', kind: 'full', about: id });
  turnAway(line, desk, socket, 'resources');
}

/** Whether anything hangs on who the client is. One who was reset before he was accepted has no address any
 *  more, but what he sent could still be read: no list would hold for him, and a server would be told that
 *  it is our own. Once asked for, a socket keeps the address. */
function asksWho({ gate, headed, sendProxy, hosts }: Reception): boolean {
  return (gate ?? headed ?? sendProxy ?? hosts) !== undefined;
}

function turnAway(line: Reception, desk: Desk, socket: Socket, ender: Ender): void {
  logRefusal(line, desk, socket, ender);
  socket.on('error', () => {});
  resetSocket(socket);
}

function logRefusal(line: Reception, desk: Desk, socket: Socket, ender: Ender): void {
  if (line.logged === 'none') return;
  const trace = new Trace(socket);
  if (line.hosts) trace.asked(line.id);
  trace.blame(ender);
  writeLine(line, desk, trace);
}
