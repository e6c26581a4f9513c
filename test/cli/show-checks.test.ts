import t, { type Test } from 'tap';
import { onlyReal } from '../../lib/cli/named-reals.ts';
import { runShow, type ShowForm } from '../../lib/cli/show.ts';
import { formatChecks } from '../../lib/cli/show-checks.ts';
import type { CheckRecord } from '../../lib/model/status.ts';
import { openControl } from '../support/control.ts';
import { realStatus, serviceStatus, statusDocument } from '../support/status.ts';
import { COLOUR_CODES, CONTROLS } from '../support/terminal.ts';

const now = Date.parse('2026-11-23T18:00:05.000Z');
const wide = { colour: false, width: undefined, now };

/** A result so many seconds ago; its time is local, to be the same in every time zone. */
const result = (ago: number, fields: Partial<CheckRecord> = {}): CheckRecord => ({
  at: new Date(new Date(2026, 10, 23, 20, 30, 5).getTime() - ago * 1000).toISOString(),
  durationMs: 3.4,
  up: true,
  made: 'negotiate',
  message: '200 OK',
  ...fields,
});

const checks = [
  result(0, { up: false, durationMs: 10_012, made: 'connect', message: 'no answer' }),
  result(10, { up: false, made: null, message: 'Server in maintenance' }),
  result(3610),
];
const { check } = realStatus();
const certificate = {
  expires: '2026-12-05T11:00:00.000Z',
  daysLeft: 12,
  subject: 'CN=www.example.net',
  problem: 'expires in 12 days, on 2026-12-05',
};

const document = statusDocument({
  services: [
    serviceStatus({
      reals: [
        realStatus({
          checks,
          state: 'down',
          check: check && { ...check, failures: 2 },
        }),
        realStatus({ id: '10.1.1.210:80', address: '10.1.1.210', checks: [] }),
      ],
    }),
    serviceStatus({
      id: 'tcp:10.1.1.19:443',
      reals: [
        realStatus({
          checks: [],
          check: check && { ...check, type: '3', certificate },
        }),
        realStatus({ id: '[2001:db8::1]:80', address: '2001:db8::1' }),
        realStatus({
          id: 'fallback:127.0.0.1:80',
          address: '127.0.0.1',
          fallback: true,
        }),
      ],
    }),
    serviceStatus({
      id: 'tcp:10.1.1.19:25',
      reals: [realStatus({ id: '10.1.1.30:25', address: '10.1.1.30' })],
    }),
  ],
});

t.test('a table for every service that has the server, columns aligned', async (t) => {
  t.equal(
    formatChecks(onlyReal(document, '10.1.1.21:80'), wide),
    `10.1.1.21:80  in tcp:10.1.1.19:80  negotiate http  DOWN for 5s  2 failed in a row
  certificate CN=www.example.net expires on 2027-06-01
  TIME                 DURATION  RESULT  CHECK      MESSAGE
  2026-11-23 20:30:05  10012 ms  down    connect    no answer
  2026-11-23 20:29:55      3 ms  down    -          Server in maintenance
  2026-11-23 19:29:55      3 ms  up      negotiate  200 OK

10.1.1.21:80  in tcp:10.1.1.19:443  combined 3  UP for 5s
  ! certificate CN=www.example.net expires in 12 days, on 2026-12-05
  no result yet
`,
  );
});

t.test(
  'colour adds codes and moves nothing; a terminal cuts the message',
  async (t) => {
    const only = onlyReal(document, '10.1.1.21:80');
    const coloured = formatChecks(only, { ...wide, colour: true });
    t.equal(coloured.replace(COLOUR_CODES, ''), formatChecks(only, wide));
    t.match(coloured, '\u001b[31mdown  \u001b[0m');
    t.match(coloured, '\u001b[32mup    \u001b[0m');
    const narrow = formatChecks(only, { ...wide, width: 66 }).split('\n');
    t.equal(narrow[4]?.length, 66);
    t.match(narrow[4], /Serv.*…$/);
  },
);

t.test('nothing that a server says drives the terminal', async (t) => {
  const message = 'A\u001b[2J\r\nB\u202eC';
  const reals = [realStatus({ checks: [result(0, { message })] })];
  const text = formatChecks(
    statusDocument({ services: [serviceStatus({ reals })] }),
    wide,
  );
  t.notMatch(text, CONTROLS);
  t.match(text, 'A\\u001b[2J\\r\\nB\\u202eC');
});

const NAMED: readonly (readonly [name: string, id: string])[] = [
  ['10.1.1.21:80', '10.1.1.21:80'],
  ['10.1.1.21', '10.1.1.21:80'], // though 10.1.1.210 begins so too
  ['10.1.1.210', '10.1.1.210:80'],
  ['10.1.1.3', '10.1.1.30:25'],
  ['2001:db8::1', '[2001:db8::1]:80'],
  ['[2001:db8::1]', '[2001:db8::1]:80'],
  ['[2001:', '[2001:db8::1]:80'],
];

t.test('a server is known by id, address, or the beginning of its id', async (t) => {
  for (const [name, id] of NAMED) {
    const { services } = onlyReal(document, name);
    t.ok(services.length >= 1, name);
    t.ok(services.every(({ reals }) => reals.length === 1 && reals[0]?.id === id));
  }
});

t.test('a name for none, or for several, says what there is', async (t) => {
  const there = '10.1.1.21:80, 10.1.1.210:80, [2001:db8::1]:80, 10.1.1.30:25';
  for (const name of ['10.9.9.9:80', 'fallback:127.0.0.1:80', '127.0.0.1', 'x'])
    t.throws(() => onlyReal(document, name), {
      message: `no real server ${name}; there is: ${there}`,
    });
  t.throws(() => onlyReal(document, '10.1.1.2'), {
    message: '10.1.1.2 names more than one real server: 10.1.1.21:80, 10.1.1.210:80',
  });
  const none = statusDocument({ services: [] });
  t.throws(() => onlyReal(none, 'x'), {
    message: 'no real server x: there is none at all',
  });
  const reals = Array.from({ length: 30 }, (_, i) =>
    realStatus({ id: `10.0.0.${i}:80` }),
  );
  const many = statusDocument({ services: [serviceStatus({ reals })] });
  t.throws(() => onlyReal(many, 'x'), { message: /10\.0\.0\.19:80 and 10 more$/ });
});

async function show(t: Test, checksOf: string, form: ShowForm) {
  const { path } = await openControl(t, async (checks) => {
    t.equal(checks, 20);
    return document;
  });
  let [out, err] = ['', ''];
  const code = await runShow({
    ...{ socketPath: path, form, checksOf, colour: false },
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

t.test('the command asks the daemon for all results', async (t) => {
  const table = await show(t, '10.1.1.21', 'table');
  t.match(table, {
    code: 0,
    err: '',
    out: /^10\.1\.1\.21:80 {2}in tcp:10\.1\.1\.19:80 /,
  });
  const json = await show(t, '10.1.1.21', 'json');
  t.equal(json.code, 0);
  t.same(JSON.parse(json.out), onlyReal(document, '10.1.1.21:80'));
  t.same(await show(t, '10.\u001b[2J', 'table'), {
    code: 1,
    out: '',
    err: 'no real server 10.\\u001b[2J; there is: 10.1.1.21:80, 10.1.1.210:80, [2001:db8::1]:80, 10.1.1.30:25\n',
  });
});
