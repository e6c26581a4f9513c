import t from 'tap';
import { isMonitored, monitorLine } from '../../lib/alerts/monitor-line.ts';
import { ctime } from '../../lib/model/ctime.ts';
import type { RealServer, VirtualService } from '../../lib/model/virtual-service.ts';
import { aPattern, aReal, aService } from '../support/config.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const HEAD = `[${ctime(new Date(NOON))}] [${process.pid}]`;

/** Service, real server and report, and the line without its head. */
const CASES: readonly (readonly [
  fields: Partial<VirtualService>,
  real: RealServer,
  report: ReturnType<typeof good>,
  line: string,
])[] = [
  [
    { checktype: 'negotiate', request: '/index.html', receive: aPattern('Test Page') },
    aReal('127.0.0.1:9001'),
    good(),
    'negotiate http tcp 127.0.0.1 9001 1 masq /index.html Test Page [up] 200 OK',
  ],
  [
    { virtualhost: 'www.example.com:8080', checkport: 81 },
    aReal('10.1.1.21:80', { weight: 5, method: 'gate' }),
    bad(),
    'connect tcp 10.1.1.21 80 www.example.com 8080 81 5 gate /  [down] connect ECONNREFUSED 10.1.1.21:80',
  ],
  [
    { checktype: 3, service: 'smtp', request: 'a\\.b::c' },
    aReal('[2001:db8::1]:25'),
    good(),
    'combined smtp tcp [2001 db8 1] 25 1 masq a.b c  [up] 200 OK',
  ],
  [
    { checktype: 'negotiate', request: '/http://scott:tig er@a.example/b' },
    aReal('10.1.1.21:80'),
    good(),
    'negotiate http tcp 10.1.1.21 80 1 masq /http //***@a.example/b  [up] 200 OK',
  ],
  [
    { checktype: 'external', checkcommand: '/bin/check -x' },
    aReal('10.1.1.21:80', { request: 'own', receive: aPattern('^o\\.k$') }),
    maintained(),
    'external /bin/check -x tcp 10.1.1.21 80 1 masq own ^o.k$ [down] Server in maintenance',
  ],
  [
    {},
    aReal('10.1.1.21:80'),
    { ...good(), message: '' },
    'connect tcp 10.1.1.21 80 1 masq /  [up] -',
  ],
  [
    {},
    aReal('10.1.1.21:80'),
    { ...bad(), message: 'a|b 100%\r\n[up] c' },
    'connect tcp 10.1.1.21 80 1 masq /  [down] a%7cb 100%25%0d%0a[up] c',
  ],
];

t.test('a line says what was checked, and what was found', async (t) => {
  for (const [fields, real, report, line] of CASES)
    t.equal(monitorLine(aService(fields), real, report), `${HEAD} ${line}\n`);
});

t.test('only checks are noted, and maintenance', async (t) => {
  for (const checktype of [
    'connect',
    'negotiate',
    'ping',
    'external',
    'external-perl',
    3,
  ] as const)
    t.ok(isMonitored({ checktype }, bad()), String(checktype));
  for (const checktype of ['on', 'off'] as const) {
    t.notOk(isMonitored({ checktype }, good()), checktype);
    t.ok(isMonitored({ checktype }, maintained()), `${checktype}, in maintenance`);
  }
});
