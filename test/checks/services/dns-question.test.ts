import t from 'tap';
import { questionFor } from '../../../lib/checks/services/dns-question.ts';

t.test('a request becomes a question', async (t) => {
  const zeros = (count: number) => '0.'.repeat(count);
  for (const [request, name, type] of [
    ['/www.example.com', 'www.example.com', 'A'],
    ['www.example.com.', 'www.example.com', 'A'],
    ['/localhost', 'localhost', 'A'],
    ['/_srv.Example.COM', '_srv.Example.COM', 'A'],
    ['/192.0.2.80', '80.2.0.192.in-addr.arpa', 'PTR'],
    ['/1.2.3', '1.2.3', 'A'],
    ['/2001:db8::80', `0.8.${zeros(22)}8.b.d.0.1.0.0.2.ip6.arpa`, 'PTR'],
    ['/::', `${zeros(32)}ip6.arpa`, 'PTR'],
    ['/::1', `1.${zeros(31)}ip6.arpa`, 'PTR'],
    ['/fe80::', `${zeros(28)}0.8.e.f.ip6.arpa`, 'PTR'],
    ['/::ffff:192.0.2.80', `0.5.2.0.0.0.0.c.f.f.f.f.${zeros(20)}ip6.arpa`, 'PTR'],
    [
      '/1:2:3:4:5:6:7:ABCD',
      'd.c.b.a.7.0.0.0.6.0.0.0.5.0.0.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.ip6.arpa',
      'PTR',
    ],
    [`/${'a'.repeat(63)}.test`, `${'a'.repeat(63)}.test`, 'A'],
  ] as const)
    t.same(questionFor(request), { name, type }, request);
});

t.test('what can be no name is refused', async (t) => {
  const label = 'a'.repeat(63);
  for (const request of [
    '/',
    '/.',
    '/a..b',
    '/.a',
    `/${'a'.repeat(64)}.test`,
    `/${'ü'.repeat(32)}.test`,
    `/${`${label}.`.repeat(4)}test`,
  ])
    t.throws(() => questionFor(request), /expected a name or an address/, request);
});
