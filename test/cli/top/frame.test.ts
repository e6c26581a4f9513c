import t from 'tap';
import {
  frame,
  type Known,
  type Look,
  pageOf,
  type Size,
} from '../../../lib/cli/top/frame.ts';
import { ratesOf } from '../../../lib/cli/top/rates.ts';
import { rowsOf } from '../../../lib/cli/top/rows.ts';
import { FIRST_VIEW, type View } from '../../../lib/cli/top/view.ts';
import type { StatusDocument } from '../../../lib/model/status.ts';
import { realStatus, serviceStatus, statusDocument } from '../../support/status.ts';
import { COLOUR_CODES, CONTROLS } from '../../support/terminal.ts';

const PLAIN: Look = { colour: false, ascii: false, clock: '12:00:00' };
const SMALL: Size = { columns: 80, rows: 24 };

function known(document: StatusDocument, view: View, more: Partial<Known> = {}): Known {
  const rates = ratesOf(document, 1_000, ratesOf(quieter(document), 0, undefined));
  return {
    document,
    rates,
    rows: rowsOf(document, rates, view),
    lost: undefined,
    ...more,
  };
}

/** A second ago: 12 connections and 2 kB less each. */
function quieter(document: StatusDocument): StatusDocument {
  const services = document.services.map((service) => ({
    ...service,
    acceptedConnections: service.acceptedConnections - 24,
    reals: service.reals.map((real) => ({
      ...real,
      totalConnections: real.totalConnections - 12,
      bytesIn: real.bytesIn - 2_000,
    })),
  }));
  return { ...document, services };
}

function drawn(
  document = statusDocument(),
  view: Partial<View> = {},
  size = SMALL,
  look: Partial<Look> = {},
  more: Partial<Known> = {},
): readonly string[] {
  const whole = { ...FIRST_VIEW, ...view };
  return frame(known(document, whole, more), whole, size, { ...PLAIN, ...look });
}

t.test('what a screen of 80 x 24 shows', async (t) => {
  const lines = drawn();
  t.equal(lines.length, 24);
  t.same(lines.slice(0, 7), [
    '12:00:00  l4director 0.1.0  ldirectord.cf  pid 4711  up 1d 2h',
    '1 services, 2 real servers: 2 up  24 conn/s  4.0 kB/s in  0 B/s out',
    '',
    '  SERVICE, REAL SERVER         STATE       WEIGHT  CONNS CONN/S LATELY   BYTES/S',
    '\u001b[7m> tcp:10.1.1.19:80             up                      8     24        █  4.0 kB\u001b[0m',
    '    10.1.1.21:80               up               1      4     12        █  2.0 kB',
    '    10.1.1.22:80               up               1      4     12        █  2.0 kB',
  ]);
  t.equal(lines[22], 'tcp:10.1.1.19:80: rr, net');
  t.match(lines[23], /^d drain {2}e enable/);
});

t.test('a wide one says more of each', async (t) => {
  const lines = drawn(
    undefined,
    { chosen: 'tcp:10.1.1.19:80/10.1.1.22:80' },
    {
      columns: 200,
      rows: 60,
    },
  );
  t.equal(lines.length, 60);
  t.match(lines[3], / IN\/S +OUT\/S +NOTE/);
  t.match(lines[5], / 2\.0 kB +0 B negotiate http 3 ms: 200 OK/);
  t.match(lines[6]?.slice(0, 8), '\u001b[7m>   ');
});

t.test('no line is wider than the screen, whatever its size', async (t) => {
  const long = realStatus({
    id: '[2001:db8:1111:2222:3333:4444:5555:6666]:8080',
    weight: 65_535,
    configuredWeight: 1,
    state: 'maintenance',
    totalConnections: 1e12,
    override: { state: 'ready', weight: 3, by: 'x'.repeat(300), since: '' },
  });
  const document = statusDocument({
    services: [serviceStatus({ reals: [long], problem: 'y'.repeat(500) })],
    configError: 'z'.repeat(500),
  });
  for (const columns of [1, 20, 40, 79, 80, 99, 100, 132, 140, 200])
    for (const rows of [1, 2, 5, 6, 24, 60])
      for (const mode of ['list', 'help'] as const) {
        const lines = drawn(document, { mode: { type: mode } }, { columns, rows });
        const wide = (line: string) => [...line.replace(COLOUR_CODES, '')].length;
        const most = Math.max(...lines.map(wide));
        t.ok(most <= columns, `${columns} x ${rows}: ${most}`);
        t.equal(lines.length, rows);
      }
});

t.test('the chosen row is on the screen, among 2,100', async (t) => {
  const services = Array.from({ length: 100 }, (_, s) =>
    serviceStatus({
      id: `tcp:10.1.1.${s}:80`,
      reals: Array.from({ length: 20 }, (_, r) =>
        realStatus({ id: `10.2.${s}.${r}:80` }),
      ),
    }),
  );
  const document = statusDocument({ services });
  for (const key of [
    'tcp:10.1.1.0:80',
    'tcp:10.1.1.50:80/10.2.50.7:80',
    'tcp:10.1.1.99:80/10.2.99.19:80',
  ]) {
    const lines = drawn(document, { chosen: key });
    const marked = lines.filter((line) => line.startsWith('\u001b[7m> '));
    t.equal(marked.length, 1);
    t.match(marked[0], key.split('/').at(-1));
    t.equal(lines.slice(4, 4 + pageOf(SMALL)).filter(Boolean).length, pageOf(SMALL));
  }
  t.match(drawn(document)[1], /^100 services, 2000 real servers: 2000 up/);
});

t.test('troubles, questions, filters and messages have their lines', async (t) => {
  const [lost] = [
    drawn(undefined, {}, SMALL, {}, { lost: { reason: 'no one', seconds: 12 } }),
  ];
  t.equal(lost[2], 'NO ANSWER for 12s, trying again: no one');
  const wrong = drawn(statusDocument({ configError: 'x.cf:3: no\nx.cf:4: no' }));
  t.equal(wrong[2], 'CONFIG ERROR, not in force: x.cf:3: no');
  const mail = { sent: 0, failed: 1, dropped: 0, pending: 1, problem: 'no route' };
  t.equal(drawn(statusDocument({ mail }))[2], 'MAIL: no route');
  t.equal(drawn(statusDocument({ webhooks: mail }))[2], 'WEBHOOK: no route');
  t.equal(drawn(statusDocument({ alertCommands: mail }))[2], 'COMMAND: no route');
  const question = {
    ref: { service: 's', real: 'r' },
    wish: { state: 'drain' },
    words: 'drain r',
  } as const;
  const last = (view: Partial<View>) => drawn(undefined, view).at(-1);
  t.equal(last({ mode: { type: 'ask', question } }), 'drain r? y/n');
  t.match(last({ mode: { type: 'filter', before: '' }, filter: 'ab' }), /^filter: ab_/);
  t.equal(last({ message: { text: 'done', bad: false } }), 'done');
  t.match(last({ filter: '21', sort: 'name' }), /^by name {2}\/21 \(2\), Esc ends it/);
  t.match(drawn(undefined, { filter: 'zz' })[4], 'none fits');
  t.match(
    drawn(statusDocument({ services: [] }))[4],
    'no virtual service is configured',
  );
  t.match(drawn(undefined, { mode: { type: 'help' } })[6], 'drain: no new connections');
});

t.test('colours are only where they are wanted, words always', async (t) => {
  const reals = [realStatus({ state: 'down', weight: 0 })];
  const services = [serviceStatus({ state: 'waiting-for-address', reals })];
  const document = statusDocument({ services });
  const coloured = drawn(document, {}, SMALL, { colour: true });
  t.match(coloured[5], '\u001b[31mdown');
  const plain = drawn(document);
  t.match(plain[5], / down +0\/1 /);
  t.match(plain[4], / waiting /);
  t.notMatch(plain[5], COLOUR_CODES);
  const gone = drawn(
    document,
    {},
    SMALL,
    { colour: true },
    { lost: { reason: '', seconds: 1 } },
  );
  t.notMatch(
    gone[5],
    COLOUR_CODES,
    'what is not known to hold any more is not coloured',
  );
});

t.test(
  'no text of the director drives the terminal, nor letters it lacks',
  async (t) => {
    const evil = '\u001b[2J\u0007\u202e';
    const reals = [realStatus({ id: `a${evil}`, override: null })];
    const services = [serviceStatus({ id: `s${evil}`, problem: evil, reals })];
    const document = statusDocument({ version: evil, configError: evil, services });
    const wide = { columns: 200, rows: 24 };
    for (const columns of [80, 200])
      for (const line of drawn(document, {}, { ...wide, columns }))
        t.notMatch(line.replace(COLOUR_CODES, ''), CONTROLS);
    const ascii = drawn(statusDocument(), {}, wide, { ascii: true });
    for (const line of ascii) t.match(line.replace(COLOUR_CODES, ''), /^[ -~]*$/);
  },
);
