import { createSocket, type Socket } from 'node:dgram';
import { on, once } from 'node:events';
import { isIPv6 } from 'node:net';
import { endpoint } from '../model/address.ts';
import { describe } from './message.ts';
import { noteLack } from './own-lack.ts';

/** A question, and how its answer is known. */
export interface UdpQuestion<Answer> {
  readonly datagram: Buffer;
  /** Looks at a datagram that came from the server.
   *  @returns undefined when it is no answer to this question: the wait goes on */
  readonly take: (datagram: Buffer) => Answer | undefined;
  /** How long to wait before it is sent again, in milliseconds; default: a second.
   *  @param sent  how often it was sent, from 1 */
  readonly resendMs?: (sent: number) => number;
}

/** One end of a socket, numeric, no brackets. */
export interface UdpEnd {
  readonly address: string;
  readonly port: number;
}

/** Datagrams get lost, so the same one is sent again that often. Source: RFC 2865, 2.5. */
const RESEND_MS = 1000;

/** Asks, and asks again until an answer is taken. The socket is connected, so that
 *  nobody else is heard and ICMP tells at once of a port where nobody listens.
 *  Rejects with errno and peer, or with the signal's reason; the socket is closed in any case.
 *  @param question  called once with our own end, which some protocols put into the datagram */
export async function askByUdp<Answer>(
  peer: UdpEnd,
  question: (own: UdpEnd) => UdpQuestion<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted();
  const socket = createSocket(isIPv6(peer.address) ? 'udp6' : 'udp4');
  // Whoever waits learns of an error there; one that comes later must not end the process.
  socket.on('error', () => {});
  let sending: Disposable | undefined;
  try {
    const datagrams = on(socket, 'message', { signal });
    socket.connect(peer.port, peer.address);
    await once(socket, 'connect', { signal });
    const asked = question(socket.address());
    sending = keepSending(socket, asked);
    for await (const [came] of datagrams) {
      const answer = asked.take(came);
      if (answer !== undefined) return answer;
    }
    throw new Error('the socket was closed');
  } catch (error) {
    noteLack(error, signal);
    throw signal.aborted ? signal.reason : withPeer(error, peer);
  } finally {
    sending?.[Symbol.dispose]();
    socket.close();
  }
}

function keepSending(
  socket: Socket,
  { datagram, resendMs = () => RESEND_MS }: UdpQuestion<unknown>,
): Disposable {
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    socket.send(datagram, (error) => {
      if (error !== null) socket.emit('error', error);
    });
    timer = setTimeout(send, resendMs(++sent));
  };
  send();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Node names the peer only where sending failed: "recvmsg ECONNREFUSED" is about nobody. */
function withPeer(error: unknown, { address, port }: UdpEnd): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  if (error.message.includes(address)) return error;
  return new Error(`${describe(error)} ${endpoint(address, port)}`, { cause: error });
}
