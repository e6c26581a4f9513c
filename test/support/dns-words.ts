import type { Test } from 'tap';
import { type UdpClient, type UdpServer, udpServer } from './datagrams.ts';

const HEADER_BYTES = 12;
const RESPONSE = 0x80;

/** A DNS query, as far as its header tells. */
export function dnsQuery(): Buffer {
  const query = Buffer.alloc(HEADER_BYTES);
  query.writeUInt16BE(Math.floor(Math.random() * 65_536));
  return query;
}

/** What no DNS server answers. */
export function dnsAnswer(): Buffer {
  const answer = dnsQuery();
  answer[2] = RESPONSE;
  return answer;
}

/** A real server that answers DNS queries, each with its number, by this word. */
export function dnsSayer(
  t: Pick<Test, 'teardown'>,
  word: string,
  port = 0,
): Promise<UdpServer> {
  const answer = (query: Buffer) => {
    const head = Buffer.from(query.subarray(0, HEADER_BYTES));
    head[2] = (head[2] ?? 0) | RESPONSE;
    return Buffer.concat([head, Buffer.from(word)]);
  };
  return udpServer(t, answer, '127.0.0.1', port);
}

/** The word of the server that answers a query; see {@link UdpClient.next} for what may be else. */
export async function askDns(client: UdpClient): Promise<string> {
  const answer = await client.ask(dnsQuery());
  return answer.length > HEADER_BYTES ? answer.slice(HEADER_BYTES) : answer;
}
