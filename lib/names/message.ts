import { randomInt } from 'node:crypto';
import { SocketAddress } from 'node:net';
import { AUTHORITATIVE_ANSWER, decode, encode, RECURSION_DESIRED } from 'dns-packet';
import { answerKind } from '../model/dns-wire.ts';
import { hostName } from '../model/host-name.ts';
import { reasonOf } from '../model/reason.ts';
import {
  type Answer,
  type NameRecord,
  type Question,
  questionKey,
  recordText,
} from './question.ts';

/** A question on its way. */
export interface Query extends Question {
  /** At random, so that a stranger cannot guess it. */
  readonly id: number;
  readonly bytes: Buffer;
}

const HEADER_SIZE = 12;
/** The shortest question and record: the name is the root. Source: RFC 1035, 4.1. */
const LEAST_QUESTION = 5;
const LEAST_RECORD = 11;
/** Aliases of aliases, after which nobody means it any more. */
const MOST_ALIASES = 8;

export function queryFor({ name, type }: Question): Query {
  const id = randomInt(0x1_0000);
  const questions = [{ name, type }];
  const bytes = encode({ type: 'query', id, flags: RECURSION_DESIRED, questions });
  return { name, type, id, bytes };
}

/** Reads a message that came from the server that was asked.
 *  @returns undefined: no answer to that query; 'truncated': the whole is to be had over TCP
 *  @throws Error where it is an answer, but a broken one, or the server says that it cannot tell */
export function readAnswer(
  message: Buffer,
  query: Query,
): Answer | 'truncated' | undefined {
  const kind = answerKind(message, query.id);
  if (kind !== 'whole') return kind;
  const { rcode, questions, answers, authorities, authoritative } = decoded(message);
  const isAsked = questions.every((asked) => questionKey(asked) === questionKey(query));
  if (!isAsked) return undefined;
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') throw new Error(rcode);
  if (questions.length !== 1) throw new Error('broken answer: it has no question');
  const found = recordsFor(query, answers);
  if (found.records.length > 0) return { ...found, empty: undefined };
  const soa = authorities.find(({ type }) => type === 'SOA');
  const isReferral = authorities.some(({ type }) => type === 'NS');
  if (rcode === 'NOERROR' && isReferral && !soa && !authoritative)
    throw new Error('it names other servers instead of an answer: it does not recurse');
  const empty =
    rcode === 'NXDOMAIN' ? 'there is no such name' : `it has no ${query.type} record`;
  return { records: [], ttlMs: Math.min(found.ttlMs, negativeMs(soa)), empty };
}

/** A record as far as it is looked at. */
interface Raw {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: unknown;
}

interface Packet {
  readonly rcode: string;
  readonly authoritative: boolean;
  readonly questions: readonly Question[];
  readonly answers: readonly Raw[];
  readonly authorities: readonly Raw[];
}

/** @throws Error where it is no message of a name server */
function decoded(message: Buffer): Packet {
  const [questions = 0, ...records] = [4, 6, 8, 10].map((at) =>
    message.readUInt16BE(at),
  );
  const count = records.reduce((sum, one) => sum + one, 0);
  const least = HEADER_SIZE + questions * LEAST_QUESTION + count * LEAST_RECORD;
  if (least > message.length) throw new Error('broken answer: it lacks records');
  try {
    // The types lack what every decoded message has.
    const packet = decode(message) as unknown as Packet & { readonly flags: number };
    // dns-packet reads past the end: of half an address it makes "192.0.undefined.undefined".
    if (decode.bytes > message.length) throw new Error('it ends within a record');
    return {
      rcode: packet.rcode,
      authoritative: (packet.flags & AUTHORITATIVE_ANSWER) !== 0,
      questions: packet.questions.map((one) => ({ ...one, name: plain(one.name) })),
      answers: packet.answers,
      authorities: packet.authorities,
    };
  } catch (error) {
    const why = reasonOf(error);
    throw new Error(`broken answer: ${why}`, { cause: error });
  }
}

/** Records of the name, or of what it is an alias of. */
function recordsFor(
  { name, type }: Question,
  answers: readonly Raw[],
): Pick<Answer, 'records' | 'ttlMs'> {
  let owner = name;
  let ttl = Infinity;
  for (let hops = 0; hops <= MOST_ALIASES; hops++) {
    const own = answers.filter((answer) => plain(answer.name) === owner);
    const records = own.filter((answer) => answer.type === type);
    if (records.length > 0) {
      const least = records.reduce((low, answer) => Math.min(low, answer.ttl), ttl);
      return { records: eachOnce(records.flatMap(recordOf)), ttlMs: least * 1000 };
    }
    const alias = own.find((answer) => answer.type === 'CNAME');
    if (typeof alias?.data !== 'string') break;
    ttl = Math.min(ttl, alias.ttl);
    owner = plain(alias.data);
  }
  return { records: [], ttlMs: ttl * 1000 };
}

function recordOf({ type, data }: Raw): readonly NameRecord[] {
  if (type === 'SRV') return srvOf(data);
  const address = String(data);
  const family = type === 'A' ? 'ipv4' : 'ipv6';
  return [{ address: new SocketAddress({ address, family }).address }];
}

/** None where the target is the root, by which a name says that nobody serves it (source: RFC 2782), and where it is
 *  no host's name: any byte may stand in one, and it is printed. */
function srvOf(data: unknown): readonly NameRecord[] {
  const { priority, weight, port, target } = data as Record<string, unknown>;
  const name = hostName(String(target));
  if (name === undefined) return [];
  return [
    {
      ...{ priority: Number(priority), weight: Number(weight), port: Number(port) },
      target: name,
    },
  ];
}

function eachOnce(records: readonly NameRecord[]): readonly NameRecord[] {
  return [...new Map(records.map((one) => [recordText(one), one])).values()];
}

/** How long it holds that there is nothing. Source: RFC 2308, 5. */
function negativeMs(soa: Raw | undefined): number {
  if (!soa) return 0;
  const { minimum } = soa.data as { readonly minimum: number };
  return Math.min(soa.ttl, minimum) * 1000;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
