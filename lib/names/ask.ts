import { createSocket } from 'node:dgram';
import { on, once } from 'node:events';
import { connect } from 'node:net';
import { endpoint } from '../model/address.ts';
import { framed, unframed } from '../model/dns-wire.ts';
import type { DnsServer } from '../model/reals-from.ts';
import { reasonOf } from '../model/reason.ts';
import { TimeLimit } from '../model/time-limit.ts';
import { queryFor, readAnswer } from './message.ts';
import type { Answer, Question } from './question.ts';

/** Asks one name server: over UDP, twice where the first datagram brings nothing, and over TCP where the
 *  answer by UDP was truncated. All sockets are closed when it settles.
 *  @param timeoutMs  for each of the two
 *  @param end        aborted: it rejects at once
 *  @throws Error saying whom and what of: errno, a broken answer, SERVFAIL, or that none came */
export async function askServer(
  server: DnsServer,
  question: Question,
  timeoutMs: number,
  end: AbortSignal,
): Promise<Answer> {
  try {
    const answer = await limited(timeoutMs, end, (signal) =>
      askByUdp(server, question, timeoutMs / 2, signal),
    );
    if (answer !== 'truncated') return answer;
    return await limited(timeoutMs, end, (signal) =>
      askByTcp(server, question, signal),
    );
  } catch (error) {
    const why = reasonOf(error);
    throw new Error(`${endpoint(server.address, server.port)}: ${why}`, {
      cause: error,
    });
  }
}

/** @throws Error in words where the time is over */
async function limited<T>(
  timeoutMs: number,
  end: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using limit = new TimeLimit(timeoutMs, end);
  try {
    return await work(limit.signal);
  } catch (error) {
    if (!limit.signal.aborted || end.aborted) throw error;
    throw new Error(`no answer within ${timeoutMs} ms`, { cause: error });
  }
}

/** The socket is connected, so that nobody else is heard and ICMP tells at once of a port where nobody
 *  listens. What is no answer to the question is passed over. */
async function askByUdp(
  { address, port }: DnsServer,
  question: Question,
  resendMs: number,
  signal: AbortSignal,
): Promise<Answer | 'truncated'> {
  signal.throwIfAborted();
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  // Whoever waits learns of an error there; one that comes later must not end the process.
  socket.on('error', () => {});
  let again: NodeJS.Timeout | undefined;
  try {
    const query = queryFor(question);
    const datagrams = on(socket, 'message', { signal });
    socket.connect(port, address);
    await once(socket, 'connect', { signal });
    const send = () =>
      socket.send(query.bytes, (error) => {
        if (error !== null) socket.emit('error', error);
      });
    send();
    again = setTimeout(send, resendMs);
    for await (const [datagram] of datagrams) {
      const answer = readAnswer(datagram, query);
      if (answer !== undefined) return answer;
    }
    throw new Error('the socket was closed');
  } finally {
    clearTimeout(again);
    socket.close();
  }
}

async function askByTcp(
  { address, port }: DnsServer,
  question: Question,
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted();
  const query = queryFor(question);
  const socket = connect({ host: address, port, signal });
  // As above.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    socket.write(framed(query.bytes));
    let bytes = Buffer.alloc(0);
    for await (const more of socket) {
      bytes = Buffer.concat([bytes, more]);
      const message = unframed(bytes);
      if (!message) continue;
      const answer = readAnswer(message, query);
      if (answer !== undefined && answer !== 'truncated') return answer;
      throw new Error(`over TCP: ${answer ?? 'no answer to the question'}`);
    }
    throw new Error(`over TCP: the connection was closed after ${bytes.length} bytes`);
  } finally {
    socket.destroy();
  }
}
