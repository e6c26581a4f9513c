import type { Socket } from 'node:net';
import { framed, unframed } from '../../model/dns-wire.ts';
import type { ProxyVersion } from '../../model/proxy-header.ts';
import { during, openSocket } from '../socket.ts';
import { askByUdp } from '../udp.ts';
import { type DnsAnswer, dnsQuery, readAnswer } from './dns-message.ts';
import type { DnsQuestion } from './dns-question.ts';

/** A name server, and how it is asked. */
export interface NameServer {
  /** Numeric, no brackets. */
  readonly address: string;
  readonly port: number;
  readonly overTcp: boolean;
  /** Of the header that a connection over TCP begins with; undefined: with none. */
  readonly proxy?: ProxyVersion | undefined;
}

/** Asks one question: over UDP, and over TCP where told to or where the answer by UDP was
 *  truncated. Rejects with errno and peer, at a broken answer, or with the signal's reason. */
export async function askDns(
  server: NameServer,
  question: DnsQuestion,
  signal: AbortSignal,
): Promise<DnsAnswer> {
  if (server.overTcp) return await askOverTcp(server, question, signal);
  const answer = await askOverUdp(server, question, signal);
  if (answer !== 'truncated') return answer;
  try {
    return await askOverTcp(server, question, signal);
  } catch (error) {
    throw during('truncated over UDP; over TCP', error);
  }
}

async function askOverUdp(
  server: NameServer,
  question: DnsQuestion,
  signal: AbortSignal,
): Promise<DnsAnswer | 'truncated'> {
  const query = dnsQuery(question);
  let strays = 0;
  const take = (datagram: Buffer) => {
    const answer = readAnswer(datagram, query);
    if (answer === undefined) strays++;
    return answer;
  };
  try {
    return await askByUdp(server, () => ({ datagram: query.bytes, take }), signal);
  } catch (error) {
    if (strays === 0) throw error;
    throw during(`strays ignored (${strays})`, error);
  }
}

async function askOverTcp(
  { address: host, port, proxy }: NameServer,
  question: DnsQuestion,
  signal: AbortSignal,
): Promise<DnsAnswer> {
  const query = dnsQuery(question);
  const socket = await openSocket({ host, port, proxy }, signal);
  try {
    socket.write(framed(query.bytes));
    const answer = readAnswer(await readMessage(socket), query);
    if (answer !== undefined && answer !== 'truncated') return answer;
    throw new Error(
      answer === undefined
        ? 'something else came over TCP'
        : 'the answer is truncated, even over TCP',
    );
  } catch (error) {
    throw during('waiting for an answer', signal.aborted ? signal.reason : error);
  } finally {
    socket.destroy();
  }
}

async function readMessage(socket: Socket): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const more of socket) {
    bytes = Buffer.concat([bytes, more]);
    const message = unframed(bytes);
    if (message) return message;
  }
  throw new Error(`the connection was closed after ${bytes.length} bytes`);
}
