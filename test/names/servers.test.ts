import t from 'tap';
import type { RealsFrom } from '../../lib/model/reals-from.ts';
import {
  type NameRecord,
  type Question,
  questionKey,
} from '../../lib/names/question.ts';
import { questionsOf, takenOver, withServers } from '../../lib/names/servers.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';

const WWW: RealsFrom = { name: 'www.example.com', method: 'masq', port: 80, weight: 3 };
const SRV: RealsFrom = {
  ...{ name: '_http._tcp.example.com', method: 'masq' },
  ...{ port: undefined, weight: undefined },
};

function config(
  realsFrom: readonly RealsFrom[],
  fields: Parameters<typeof aService>[0] = {},
) {
  return aConfig([aService({ ...fields, options: { ...OPTIONS, realsFrom } })]);
}

function knowing(answers: Readonly<Record<string, readonly NameRecord[]>>) {
  return (question: Question) => answers[questionKey(question)];
}

function srv(target: string, port: number, weight: number, priority = 10): NameRecord {
  return { priority, weight, port, target };
}

t.test('a config without names is the same object', async (t) => {
  const plain = config([]);
  t.equal(withServers(plain, knowing({})), plain);
  t.strictSame(questionsOf(plain, knowing({})), []);
});

t.test('addresses are servers behind those of the file, by number', async (t) => {
  const known = knowing({
    'A www.example.com': [
      { address: '10.0.0.10' },
      { address: '10.0.0.9' },
      { address: '10.1.1.21' },
      { address: '0.0.0.0' },
      { address: '224.0.0.1' },
      { address: '10.1.1.19' },
    ],
  });
  const reals = [aReal('10.1.1.21:80', { weight: 7 })];
  const [service] = withServers(config([WWW], { reals }), known).virtuals;
  t.same(
    service?.reals.map(({ id, weight, from }) => [id, weight, from]),
    [
      ['10.1.1.21:80', 7, undefined],
      ['10.0.0.9:80', 3, 'www.example.com'],
      ['10.0.0.10:80', 3, 'www.example.com'],
    ],
    'neither nobody, nor everybody, nor the service itself',
  );
});

t.test('an IPv6 service asks for its own family', async (t) => {
  const six = config([WWW, SRV], { address: '2001:db8::19' });
  const known = knowing({
    'AAAA www.example.com': [{ address: '2001:db8::2' }],
    'SRV _http._tcp.example.com': [srv('web1.example.com', 80, 1)],
  });
  t.strictSame(questionsOf(six, known).map(questionKey), [
    'AAAA www.example.com',
    'SRV _http._tcp.example.com',
    'AAAA web1.example.com',
  ]);
  t.equal(withServers(six, known).virtuals[0]?.reals[0]?.id, '[2001:db8::2]:80');
});

t.test('of SRV records the lowest priority counts, and 0 is little', async (t) => {
  const known = knowing({
    'SRV _http._tcp.example.com': [
      srv('web1.example.com', 8080, 20),
      srv('web2.example.com', 8081, 0),
      srv('spare.example.com', 80, 1, 20),
      srv('unknown.example.com', 80, 1),
    ],
    'A web1.example.com': [{ address: '10.0.0.1' }, { address: '10.0.0.2' }],
    'A web2.example.com': [{ address: '10.0.0.1' }],
    'A spare.example.com': [{ address: '10.0.0.3' }],
  });
  const named = config([SRV]);
  t.strictSame(questionsOf(named, known).map(questionKey), [
    'SRV _http._tcp.example.com',
    'A web1.example.com',
    'A web2.example.com',
    'A unknown.example.com',
  ]);
  t.same(
    withServers(named, known).virtuals[0]?.reals.map(({ id, weight }) => [id, weight]),
    [
      ['10.0.0.1:8080', 20],
      ['10.0.0.1:8081', 1],
      ['10.0.0.2:8080', 20],
    ],
  );
});

t.test('two names for one server are one', async (t) => {
  const other = { ...WWW, name: 'web.example.com', weight: 9 };
  const known = knowing({
    'A www.example.com': [{ address: '10.0.0.1' }],
    'A web.example.com': [{ address: '10.0.0.1' }, { address: '10.0.0.2' }],
  });
  t.same(
    withServers(config([WWW, other]), known).virtuals[0]?.reals.map(
      ({ id, weight }) => [id, weight],
    ),
    [
      ['10.0.0.1:80', 3],
      ['10.0.0.2:80', 9],
    ],
  );
});

t.test('and before spares and fallbacks; a name has one of these', async (t) => {
  const known = knowing({
    'A www.example.com': [{ address: '10.0.0.9' }, { address: '10.1.1.28' }],
  });
  const reals = [
    aReal('10.1.1.21:80'),
    aReal('10.1.1.28:80', { role: 'spare' }),
    aReal('10.1.1.29:80', { role: 'fallback' }),
  ];
  const named = withServers(config([WWW], { reals }), known);
  const [service] = named.virtuals;
  t.same(
    service?.reals.map(({ id, role }) => `${id} ${role ?? 'real'}`),
    [
      '10.1.1.21:80 real',
      '10.1.1.28:80 real',
      '10.0.0.9:80 real',
      '10.1.1.29:80 fallback',
    ],
  );
  t.strictSame(takenOver(config([WWW], { reals }), named), [
    'Name www.example.com names 10.1.1.28:80, a spare of tcp:10.1.1.19:80: it is a real server there for as long; take it out of spares',
  ]);
  t.strictSame(takenOver(config([WWW], { reals }), config([WWW], { reals })), []);
});

t.test('where there are too many, those stay that are still named', async (t) => {
  const named = config([SRV]);
  const { dns } = named.options;
  const most = {
    ...named,
    options: { ...named.options, dns: { ...dns, maxServers: 3 } },
  };
  const known = (...lower: readonly string[]) =>
    knowing({
      'SRV _http._tcp.example.com': [
        srv('web1.example.com', 80, 1),
        srv('web2.example.com', 80, 1),
      ],
      'A web1.example.com': lower.map((address) => ({ address })),
      'A web2.example.com': [{ address: '10.0.0.8' }, { address: '10.0.0.9' }],
    });
  const ids = ({ virtuals }: typeof named) => virtuals[0]?.reals.map(({ id }) => id);
  const before = withServers(most, known('10.0.0.7'));
  t.same(ids(before), ['10.0.0.7:80', '10.0.0.8:80', '10.0.0.9:80']);
  const after = withServers(most, known('10.0.0.1', '10.0.0.2', '10.0.0.7'), before);
  t.same(ids(after), ids(before));
  const one = withServers(most, known('10.0.0.1', '10.0.0.2'), after);
  t.same(ids(one), ['10.0.0.1:80', '10.0.0.8:80', '10.0.0.9:80'], 'and no more come');
});
