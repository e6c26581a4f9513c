import { setTimeout as sleep } from 'node:timers/promises';
import { addressBytes } from '../../../model/address-bytes.ts';
import {
  isEveryAddress,
  type ListedSocket,
  listedSockets,
  STATES,
} from './listed-sockets.ts';
import type { Place } from './problem.ts';

/** A place where clients come in. */
export type Gate = Pick<Place, 'protocol' | 'address' | 'port'>;

const LOOK_MS = 10;
/** The rest of the time belongs to others: a list of 100,000 sockets takes a tenth of a second. */
const PART = 0.2;

/** How long is waited, in milliseconds. */
interface Patience {
  /** For handshakes: a client's answer takes the way there and back, and forged ones never answer. */
  readonly handshakeMs: number;
  /** For connections in the queue, which are accepted as soon as a worker gets to it. */
  readonly queueMs: number;
}

const PATIENCE: Patience = { handshakeMs: 1000, queueMs: 5000 };

/** Settles when nobody waits at these places any more who has come as far as the kernel: what
 *  closes a listener loses them. One turn of a worker is not enough, since libuv takes one
 *  connection of each listener a turn. Not for ever, since where nothing leads new clients away there
 *  is no end to them.
 *  @param proc  where procfs is mounted */
export async function letIn(
  gates: readonly Gate[],
  proc: string,
  { handshakeMs, queueMs }: Patience = PATIENCE,
): Promise<void> {
  const began = performance.now();
  for (;;) {
    const looked = performance.now();
    const waited = looked - began;
    if (waited >= queueMs) return;
    if ((await waiting(gates, proc, waited < handshakeMs)) === 0) return;
    const took = performance.now() - looked;
    await sleep(Math.max(LOOK_MS, took / PART - took));
  }
}

/** Settles when nobody is lost with these places, as far as {@link letIn} goes: neither who waits there, nor
 *  who is accepted and not sent to a server yet. */
export async function letAllIn(
  gates: readonly Gate[],
  proc: string,
  workers: { caughtUp(): Promise<void> },
): Promise<void> {
  if (gates.length === 0) return;
  await letIn(gates, proc);
  await workers.caughtUp();
}

/** Clients that wait at the places: connected, or, of UDP, bytes.
 *  @param halfway  those halfway through the handshake count too */
function waiting(
  gates: readonly Gate[],
  proc: string,
  halfway: boolean,
): Promise<number> {
  return sum(gates, proc, ({ state, waiting }) => {
    if (state === STATES.handshake) return halfway ? 1 : 0;
    return state === STATES.listening || state === STATES.unconnected ? waiting : 0;
  });
}

/** Connections of clients that are open at the places.
 *  @param proc  where procfs is mounted */
export function openConnections(gates: readonly Gate[], proc: string): Promise<number> {
  return sum(gates, proc, ({ state }) => (OVER.has(state) ? 0 : 1));
}

const OVER: ReadonlySet<string> = new Set([
  STATES.listening,
  STATES.timeWait,
  STATES.unconnected,
]);

/** The files that list sockets of these protocols and families. */
const FILES = ['tcp', 'tcp6', 'udp', 'udp6'] as const;

async function sum(
  gates: readonly Gate[],
  proc: string,
  count: (socket: ListedSocket) => number,
): Promise<number> {
  let total = 0;
  for (const file of FILES) {
    const listed = gates.filter((gate) => fileOf(gate) === file);
    if (listed.length === 0) continue;
    const ports = new Set(listed.map(({ port }) => port));
    const addresses = listed.map(({ address, port }) => {
      return { port, address: addressBytes(address) };
    });
    for (const socket of await listedSockets(`${proc}/net/${file}`, ports))
      if (addresses.some((gate) => isAt(socket, gate))) total += count(socket);
  }
  return total;
}

function fileOf({ protocol, address }: Gate): (typeof FILES)[number] {
  return address.includes(':') ? `${protocol}6` : protocol;
}

function isAt(
  socket: ListedSocket,
  gate: Pick<ListedSocket, 'address' | 'port'>,
): boolean {
  if (socket.port !== gate.port) return false;
  return (
    isEveryAddress(gate.address) || Buffer.compare(socket.address, gate.address) === 0
  );
}
