import { randomInt } from 'node:crypto';
import { decode, encode, RECURSION_DESIRED } from 'dns-packet';
import { answerKind } from '../../model/dns-wire.ts';
import { during } from '../socket.ts';
import type { DnsQuestion } from './dns-question.ts';

/** A question on its way. */
export interface DnsQuery extends DnsQuestion {
  /** At random, so that a stranger cannot guess it. */
  readonly id: number;
  readonly bytes: Buffer;
}

/** What a name server said. */
export interface DnsAnswer {
  /** "NOERROR", "NXDOMAIN", "SERVFAIL". */
  readonly rcode: string;
  /** Addresses and names as text, in the server's order, each once. */
  readonly values: readonly string[];
}

const VALUE_TYPES: readonly string[] = ['A', 'AAAA', 'PTR'];

export function dnsQuery({ name, type }: DnsQuestion): DnsQuery {
  const id = randomInt(0x1_0000);
  const questions = [{ name, type }];
  const bytes = encode({ type: 'query', id, flags: RECURSION_DESIRED, questions });
  return { name, type, id, bytes };
}

/** Reads a message. Throws when it is an answer, but broken.
 *  @returns 'truncated': the whole is to be had over TCP. Undefined: no answer to that query */
export function readAnswer(
  message: Buffer,
  query: DnsQuery,
): DnsAnswer | 'truncated' | undefined {
  const kind = answerKind(message, query.id);
  if (kind !== 'whole') return kind;
  const { rcode, questions = [], answers = [] } = decoded(message);
  // A server that refuses may leave the question out.
  if (!questions.every((asked) => isSame(asked, query))) return undefined;
  const values = new Set<string>();
  for (const answer of answers)
    if (VALUE_TYPES.includes(answer.type) && 'data' in answer)
      values.add(String(answer.data));
  return { rcode, values: [...values] };
}

function decoded(message: Buffer) {
  try {
    // The type lacks what every decoded message has.
    const packet = decode(message) as ReturnType<typeof decode> & {
      readonly rcode: string;
    };
    // dns-packet reads past the end: of half an address it makes "192.0.undefined.undefined".
    if (decode.bytes > message.length) throw new Error('it ends within a record');
    return packet;
  } catch (error) {
    throw during('broken answer', error);
  }
}

function isSame(
  asked: { readonly name: string; readonly type: string },
  { name, type }: DnsQuestion,
): boolean {
  return asked.type === type && asked.name.toLowerCase() === name.toLowerCase();
}
