import t from 'tap';
import { createTurns } from '../../../lib/control/line/turns.ts';
import { createEventLog } from '../../../lib/director/event-log.ts';
import type { RealStatus } from '../../../lib/model/status.ts';
import { openControl, raw } from '../../support/control.ts';
import { csvRows } from '../../support/line-client.ts';
import { realStatus, serviceStatus, statusDocument } from '../../support/status.ts';

const NOON = '2026-11-26T12:00:00.000Z';
const good = realStatus().check;

/** A server in every state that there is. */
const STATES: Readonly<Record<string, Partial<RealStatus>>> = {
  UP: {},
  DOWN: {
    state: 'down',
    weight: 0,
    check: good && { ...good, up: false, message: '404 Not Found' },
  },
  DRAIN: {
    ...{ state: 'drain', weight: 0, configuredWeight: 3 },
    override: { state: 'drain', weight: null, by: 'x', since: NOON },
  },
  MAINT: {
    ...{ state: 'maintenance', weight: 0 },
    override: { state: 'maintenance', weight: 7, by: 'x', since: NOON },
  },
  'no check': { state: 'unchecked', check: null, inForce: false },
};

const everyState = async () =>
  statusDocument({
    services: [
      serviceStatus({
        reals: Object.values(STATES).map((fields, row) =>
          realStatus({ id: `10.1.1.${row}:80`, ...fields }),
        ),
      }),
    ],
  });

t.test('each state has the word that tools wait for', async (t) => {
  const { path } = await openControl(t, everyState);
  const rows = csvRows(await raw(path, 'show stat\n'));
  t.same(
    rows.map(({ status }) => status),
    ['OPEN', ...Object.keys(STATES), 'UP'],
  );
  t.same(
    rows.map(({ weight }) => weight),
    ['', '1', '1', '3', '7', '1', '1'],
  );
  t.same(
    rows.map(({ check_status }) => check_status),
    ['', 'L7OK', 'L7STS', 'L7OK', '', '', ''],
  );
  t.equal(rows[2]?.check_code, '404');
  t.equal(rows[2]?.last_chk, '404 Not Found');
});

t.test('show servers state says the same in numbers', async (t) => {
  const { path } = await openControl(t, everyState);
  const lines = (await raw(path, 'show servers state #2\n')).split('\n').slice(2, -2);
  const columns = (line: string) => line.split(' ').slice(5, 9).join(' ');
  t.same(lines.map(columns), ['2 0 1 1', '0 0 1 1', '2 8 3 3', '0 1 7 1', '0 0 1 1']);
  t.equal(lines[1]?.split(' ')[10], '17');
});

t.test('rows are chosen by service, kind, number and state', async (t) => {
  const { path } = await openControl(t, everyState);
  const names = async (words: string) =>
    csvRows(await raw(path, `show stat ${words}\n`)).map(({ svname }) => svname);
  const five = Object.keys(STATES).map((_, row) => `10.1.1.${row}:80`);
  t.same(await names('2 4 -1'), five);
  t.same(await names('tcp:10.1.1.19:80 4 2'), ['10.1.1.1:80']);
  t.same(await names('-1 3 -1'), ['FRONTEND', 'BACKEND']);
  t.same(await names('no-maint'), ['FRONTEND', ...five.toSpliced(3, 1), 'BACKEND']);
  t.same(await names('up'), [
    'FRONTEND',
    ...five.filter((_, row) => row % 2 === 0),
    'BACKEND',
  ]);
  t.same(await names('tcp:10.1.1.19:80'), ['FRONTEND', ...five, 'BACKEND']);
});

t.test('typed and JSON hold what the CSV holds', async (t) => {
  const { path } = await openControl(t, everyState);
  const form = (name: string) => raw(path, `show stat ${name}\n`);
  let [before, typed, json, after] = ['', '', '', ' '];
  // What counts seconds may go on meanwhile.
  while (before !== after) {
    before = await form('');
    [typed, json, after] = [await form('typed'), await form('json'), await form('')];
  }
  const filled = csvRows(before).flatMap((row) =>
    Object.entries(row).flatMap(([name, text]) =>
      text === '' || name === '-' ? [] : [`${name}=${text}`],
    ),
  );
  t.same(
    typed
      .trimEnd()
      .split('\n')
      .map((line) =>
        line.replace(/^[FBS]\.\d+\.\d+\.\d+\.(\w+)\.1:\w{3}:\w{3}:/, '$1='),
      ),
    filled,
  );
  t.same(
    JSON.parse(json)
      .flat()
      .map((cell: { field: { name: string }; value: { value: unknown } }) => {
        return `${cell.field.name}=${cell.value.value}`;
      }),
    filled,
  );
});

t.test('a text with a comma does not move the columns', async (t) => {
  const check = good && { ...good, message: 'a,b "c"\nd' };
  const { path } = await openControl(t, async () =>
    statusDocument({ services: [serviceStatus({ reals: [realStatus({ check })] })] }),
  );
  t.match(await raw(path, 'show stat\n'), ',"a,b ""c"" d",');
});

t.test('cleared counters count anew here, and nowhere else', async (t) => {
  let totalConnections = 600;
  const { path } = await openControl(t, async () =>
    statusDocument({
      services: [
        serviceStatus({
          acceptedConnections: totalConnections,
          reals: [
            realStatus({ totalConnections, activeConnections: totalConnections - 590 }),
          ],
        }),
      ],
    }),
  );
  const figures = async () => {
    const [frontend, real] = csvRows(await raw(path, 'show stat\n'));
    return [frontend?.stot, real?.stot, real?.scur, real?.smax];
  };
  t.same(await figures(), ['600', '600', '11', '11']);
  totalConnections = 595;
  t.same(await figures(), ['595', '595', '6', '11'], 'the maximum stays');
  t.equal(await raw(path, 'clear counters\n'), '\n');
  t.same(await figures(), ['595', '595', '6', '6'], 'it begins anew');
  t.equal(await raw(path, 'clear counters all\n'), '\n');
  totalConnections = 597;
  t.same(await figures(), ['2', '2', '8', '8']);
  totalConnections = 3;
  t.equal((await figures())[0], '3', 'one that began anew itself');
});

t.test('rates are the mean since the last look', async (t) => {
  let acceptedConnections = 1000;
  const { path } = await openControl(t, async () =>
    statusDocument({ services: [serviceStatus({ acceptedConnections })] }),
  );
  const rate = async () => csvRows(await raw(path, 'show stat\n'))[0]?.conn_rate ?? '';
  t.equal(await rate(), '', 'not known before the second look');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  acceptedConnections += 1_000;
  const seen = Number(await rate());
  t.ok(seen > 100 && seen <= 950, `${seen} a second`);
  // More than a second later it is the rate of that time.
  const said = new RegExp(`^ConnRate: (?:${seen}|0)$`, 'm');
  t.match(await raw(path, 'show info\n'), said);
});

t.test('how often and how long a server was down is counted', async (t) => {
  let seconds = 0;
  const events = createEventLog(() => seconds * 1000);
  const real = {
    ...({ type: 'real', service: 'a', real: 'b' } as const),
    ...{ weight: 0, message: null },
  };
  events.tell({ ...real, from: null, to: 'starting' });
  using turns = createTurns(events);
  const row = { kind: 'S', service: 'a', real: 'b', sessions: 0, cells: {} } as const;
  const story = [
    ['starting', 'down', { chkdown: 0, downtime: 0 }],
    ['down', 'up', { chkdown: 0, downtime: 10 }],
    ['up', 'up', { chkdown: 0, downtime: 10 }],
    ['up', 'down', { chkdown: 1, downtime: 10 }],
    ['down', 'drain', { chkdown: 1, downtime: 20 }],
    ['drain', 'maintenance', { chkdown: 2, downtime: 20 }],
  ] as const;
  for (const [from, to, cells] of story) {
    seconds += 10;
    events.tell({ ...real, from, to });
    t.same(turns.cells(row, seconds * 1000), cells, `${from} -> ${to}`);
  }
  events.tell({ ...real, from: 'maintenance', to: 'down' });
  t.same(turns.cells(row, (seconds + 7) * 1000), { chkdown: 2, downtime: 27 });
  events.tell({ ...real, from: 'down', to: null });
  t.same(turns.cells(row, seconds * 1000), { chkdown: 0, downtime: 0 }, 'it has left');
  events.tell({ type: 'service', service: 'a', from: 'up', to: 'down' });
  const backend = { ...row, kind: 'B', real: '' } as const;
  t.same(turns.cells(backend, (seconds + 3) * 1000), {
    ...{ chkdown: 1, downtime: 3, lastchg: 3 },
  });
  t.same(turns.cells({ ...row, kind: 'F' }, 0), {});
});

t.test('who waits, and who is kept out', async (t) => {
  const { path } = await openControl(t, async () => statusDocument());
  const rows = csvRows(await raw(path, 'show stat\n'));
  const [front, back] = [rows[0], rows.at(-1)];
  t.equal(front?.dcon, '9', 'denied and limited');
  t.same([back?.qcur, back?.qmax], ['6', '7']);
  t.same(
    [rows[1]?.qcur, rows[1]?.qmax],
    ['0', '0'],
    'no server has a queue of its own',
  );
});
