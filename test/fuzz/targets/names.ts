import { isIP } from 'node:net';
import { type Answer as DnsRecord, encode, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { answered, unasked } from '../../../lib/names/held.ts';
import { type Query, readAnswer } from '../../../lib/names/message.ts';
import type { NameRecord, QuestionType } from '../../../lib/names/question.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { demand, pure } from '../target.ts';

const ID = 0x1234;
const WWW = 'www.example.com';
const BOUNDS = {
  minTtlMs: 1000,
  maxTtlMs: 300_000,
  holdMs: 5000,
  empty: 'remove',
  maxServers: 100,
} as const;

function query(type: QuestionType): Query {
  return { name: WWW, type, id: ID, bytes: Buffer.alloc(0) };
}

function message(type: QuestionType, fields: Packet, flags = 0): string {
  const questions = [{ name: WWW, type }];
  return encode({ type: 'response', id: ID, flags, questions, ...fields }).toString(
    'latin1',
  );
}

const ALIAS: DnsRecord = { type: 'CNAME', name: WWW, ttl: 9, data: 'b.example.com' };
const SOA: DnsRecord = {
  ...{ type: 'SOA', name: 'example.com', ttl: 300 },
  data: {
    ...{ mname: 'ns', rname: 'host', serial: 1, refresh: 1, retry: 1, expire: 1 },
    minimum: 60,
  },
};
const GOOD = [
  message('A', {
    answers: Array.from({ length: 30 }, (_, n) => ({
      ...{ type: 'A', name: WWW, ttl: 30, data: `10.0.0.${n}` },
    })) as DnsRecord[],
  }),
  message('A', {
    answers: [ALIAS, { type: 'A', name: 'b.example.com', ttl: 1, data: '10.0.0.1' }],
  }),
  message('AAAA', {
    answers: [{ type: 'AAAA', name: WWW, ttl: 30, data: '2001:db8::1' }],
  }),
  message('SRV', {
    answers: [
      {
        ...{ type: 'SRV', name: WWW, ttl: 30 },
        data: { priority: 1, weight: 2, port: 80, target: WWW },
      },
    ],
  }),
  message('A', { authorities: [SOA] }, 3),
  message('A', {}, 2),
];
const WORDS = [
  ...['\xc0\x0c', '\xc0\xff', '\xff\xff', '\0\0', '\0\x21', '\0\x1c', '\0\x05', '\x3f'],
  ...['\x12\x34\x81\x80', '\x12\x34\x83\x80', '\x03www', '\0\x01\0\x01', '\x7f\xff'],
  ...SPICE,
];
const TYPES = ['A', 'AAAA', 'SRV'] as const;

/** What a name server says of the names of `reals-from`. */
export const names = pure({
  covers: 'lib/names/{message,held}.ts',
  boundMs: 250,
  inputs: fc.record({
    text: mutated(GOOD, WORDS),
    type: fc.constantFrom(...TYPES),
    // The header as it was, so that it comes to the parser.
    isHeaded: fc.boolean(),
  }),
  take({ text, type, isHeaded }) {
    const bytes = Buffer.from(text, 'latin1');
    if (isHeaded && bytes.length >= 4) {
      bytes.writeUInt16BE(ID, 0);
      bytes.writeUInt16BE(0x8180, 2);
    }
    const answer = read(bytes, query(type));
    if (answer === undefined || answer === 'truncated') return;
    for (const record of answer.records) demandRecord(record, type);
    const held = answered(unasked(), answer, { now: 0, wall: 0 }, BOUNDS);
    demand(held.records.length <= 100, () => `${held.records.length} servers`);
    demand(held.due >= 1000 && held.due <= 300_000, () => `due in ${held.due} ms`);
  },
});

function demandRecord(record: NameRecord, type: QuestionType): void {
  const bad =
    'address' in record
      ? isIP(record.address) !== (type === 'A' ? 4 : 6)
      : [record.priority, record.weight, record.port].some(
          (n) => !(n >= 0 && n <= 65_535),
        );
  demand(!bad, () => `no ${type} record: ${JSON.stringify(record)}`);
}

/** Broken ones are refused in words. */
function read(bytes: Buffer, query: Query) {
  try {
    return readAnswer(bytes, query);
  } catch (error) {
    const isTold =
      error instanceof Error && /^(?:[A-Z_0-9]+$|broken |it )/.test(error.message);
    demand(isTold, () => `refused as ${String(error)}`);
    return undefined;
  }
}
