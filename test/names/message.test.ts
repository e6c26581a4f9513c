import { encode, type Packet, type Answer as Record_ } from 'dns-packet';
import t from 'tap';
import { type Query, queryFor, readAnswer } from '../../lib/names/message.ts';
import type { Question } from '../../lib/names/question.ts';

const WWW: Question = { name: 'www.example.com', type: 'A' };
const SRV: Question = { name: '_http._tcp.example.com', type: 'SRV' };
const SOA: Record_ = {
  ...{ type: 'SOA', name: 'example.com', ttl: 300 },
  data: {
    ...{ mname: 'ns', rname: 'host', serial: 1, refresh: 1, retry: 1, expire: 1 },
    minimum: 60,
  },
};

function a(data: string, ttl = 30, name = WWW.name): Record_ {
  return { type: 'A', name, ttl, data };
}

/** What a name server would send. */
function message(query: Query, fields: Packet = {}, rcode = 0, bits = 0): Buffer {
  const questions = [{ name: query.name, type: query.type }];
  const packet = { type: 'response', id: query.id, questions, ...fields } as const;
  return encode({ ...packet, flags: rcode | bits });
}

t.test('an answer brings addresses and the shortest TTL', async (t) => {
  const query = queryFor(WWW);
  const answers = [a('10.0.0.2', 30), a('10.0.0.1', 20), a('10.0.0.2', 30)];
  t.same(readAnswer(message(query, { answers }), query), {
    records: [{ address: '10.0.0.2' }, { address: '10.0.0.1' }],
    ttlMs: 20_000,
    empty: undefined,
  });
});

t.test('aliases are followed, and nobody else is listened to', async (t) => {
  const query = queryFor(WWW);
  const answers: Record_[] = [
    { type: 'CNAME', name: 'WWW.example.com', ttl: 5, data: 'a.example.net' },
    { type: 'CNAME', name: 'a.example.net', ttl: 50, data: 'B.example.net' },
    a('10.0.0.9', 1, 'other.example.com'),
    a('10.0.0.1', 30, 'b.example.net'),
  ];
  t.match(readAnswer(message(query, { answers }), query), {
    records: [{ address: '10.0.0.1' }],
    ttlMs: 5000,
  });
  const circle: Record_[] = [
    { type: 'CNAME', name: WWW.name, ttl: 5, data: 'a.example.net' },
    { type: 'CNAME', name: 'a.example.net', ttl: 5, data: WWW.name },
  ];
  t.match(readAnswer(message(query, { answers: circle }), query), { records: [] });
});

t.test('SRV records keep priority, weight and port; the root is nobody', async (t) => {
  const query = queryFor(SRV);
  const srv = (target: string): Record_ => ({
    ...{ type: 'SRV', name: SRV.name, ttl: 9 },
    data: { priority: 1, weight: 2, port: 8080, target },
  });
  t.match(readAnswer(message(query, { answers: [srv('Web1.example.com')] }), query), {
    records: [{ priority: 1, weight: 2, port: 8080, target: 'web1.example.com' }],
  });
  t.match(readAnswer(message(query, { answers: [srv('.')] }), query), { records: [] });
  const mixed = [
    'a\nforged',
    '\u001b[31mred.example.com',
    'a b.c',
    'web_1.example.com',
  ];
  t.match(
    readAnswer(message(query, { answers: mixed.map(srv) }), query),
    { records: [{ target: 'web_1.example.com' }], empty: undefined },
    'what is no name of a host is passed over',
  );
});

t.test('nothing lives as long as the zone says; a referral is no answer', async (t) => {
  const query = queryFor(WWW);
  t.match(readAnswer(message(query, { authorities: [SOA] }, 3), query), {
    records: [],
    ttlMs: 60_000,
    empty: 'there is no such name',
  });
  t.match(readAnswer(message(query, { authorities: [SOA] }), query), {
    empty: 'it has no A record',
  });
  const ns: Record_ = {
    type: 'NS',
    name: 'example.com',
    ttl: 9,
    data: 'ns.example.com',
  };
  t.throws(() => readAnswer(message(query, { authorities: [ns] }), query), {
    message: /does not recurse/,
  });
});

t.test('what is no answer to the question is passed over', async (t) => {
  const query = queryFor(WWW);
  const whole = message(query, { answers: [a('10.0.0.1')] });
  const other = { ...query, id: query.id ^ 1 };
  t.equal(readAnswer(message(other, { answers: [a('10.0.0.1')] }), query), undefined);
  t.equal(readAnswer(query.bytes, query), undefined, 'a question');
  t.equal(readAnswer(whole.subarray(0, 11), query), undefined);
  const asked = { ...query, name: 'evil.example.com' };
  t.equal(readAnswer(message(asked, { answers: [a('10.0.0.1')] }), query), undefined);
  t.equal(readAnswer(message(query, {}, 0, 0x0200), query), 'truncated');
});

t.test('what is broken, or a refusal, says so', async (t) => {
  const query = queryFor(WWW);
  const whole = message(query, { answers: [a('10.0.0.1')] });
  for (const [bytes, why] of [
    [message(query, {}, 2), /^SERVFAIL$/],
    [message(query, {}, 5), /^REFUSED$/],
    [whole.subarray(0, -2), /^broken answer: /],
    [message(query, { questions: [] }), /has no question/],
    [Buffer.concat([whole.subarray(0, 4), Buffer.alloc(8, 255)]), /lacks records/],
  ] as const)
    t.throws(() => readAnswer(bytes, query), { message: why });
});
