import t from 'tap';
import { keysOf } from '../../../lib/cli/top/keys.ts';
import { rowsOf, SORTS } from '../../../lib/cli/top/rows.ts';
import { FIRST_VIEW, indexIn, press, type View } from '../../../lib/cli/top/view.ts';
import { realStatus, serviceStatus, statusDocument } from '../../support/status.ts';

const override = { state: 'ready', weight: 7, by: 'x', since: '' } as const;
const document = statusDocument({
  services: [
    serviceStatus({
      reals: [
        realStatus({ activeConnections: 1 }),
        realStatus({
          id: '10.1.1.22:80',
          override,
          state: 'down',
          activeConnections: 9,
        }),
        realStatus({ id: 'fallback:127.0.0.1:80', fallback: true }),
      ],
    }),
    serviceStatus({ id: 'tcp:10.1.1.3:25', reals: [] }),
  ],
});

const rowsFor = (view: View) => rowsOf(document, undefined, view);

/** The view after those keys, and the last effect. */
function after(...keys: readonly string[]) {
  let view: View = FIRST_VIEW;
  let effect: ReturnType<typeof press>['effect'];
  for (const key of keys) {
    const pressed = press(view, key, { rows: rowsFor(view), page: 2 });
    view = pressed.view;
    effect = pressed.effect;
  }
  return { view, effect, chosen: indexIn(rowsFor(view), view) };
}

t.test('keys move, and stop at the ends', async (t) => {
  t.equal(after('down', 'j').chosen, 2);
  t.equal(after('down', 'k', 'up').chosen, 0);
  t.equal(after('page down', 'page down', 'page down').chosen, 4);
  t.equal(after('end').chosen, 4);
  t.equal(after('G', 'page up').chosen, 2);
  t.equal(after('end', 'g').chosen, 0);
});

t.test('every change asks once', async (t) => {
  const ref = { service: 'tcp:10.1.1.19:80', real: '10.1.1.21:80' };
  const cases = [
    ['d', { state: 'drain' }, 'drain 10.1.1.21:80'],
    ['e', { state: 'ready' }, 'enable 10.1.1.21:80'],
    ['m', { state: 'maintenance' }, 'maintenance 10.1.1.21:80'],
    ['+', { weight: 2 }, 'weight 10.1.1.21:80 1 -> 2'],
    ['-', { weight: 0 }, 'weight 10.1.1.21:80 1 -> 0'],
  ] as const;
  for (const [key, wish, words] of cases) {
    const question = { ref, wish, words };
    const { view, effect } = after('down', key);
    t.same([view.mode, effect], [{ type: 'ask', question }, undefined]);
    t.same(after('down', key, 'y').effect, { type: 'change', question });
    for (const other of ['n', 'escape', 'enter', 'd', 'q']) {
      const left = after('down', key, other);
      t.same([left.view.mode, left.effect], [{ type: 'list' }, undefined], other);
      t.equal(left.view.message?.text, 'nothing changed');
    }
  }
});

t.test('a weight begins at what was set, and goes on while it asks', async (t) => {
  const { effect } = after('down', 'down', '+', '+', '+', '-', 'y');
  t.match(effect, { question: { wish: { weight: 9 }, words: /7 -> 9$/ } });
  t.match(after('down', ...Array(9).fill('-')).view.mode, {
    question: { wish: { weight: 0 } },
  });
});

t.test('what cannot be changed says so', async (t) => {
  t.equal(after('d').view.message?.text, 'choose a real server first');
  t.equal(after('j', 'j', 'j', 'd').view.message?.text, 'a fallback cannot be changed');
});

t.test('the filter is typed, kept or taken back', async (t) => {
  t.equal(after('/', '2', '1', 'enter').view.filter, '21');
  t.equal(after('/', '2', '1', 'backspace').view.filter, '2');
  t.equal(after('/', '2', 'enter', '/', '9', 'escape').view.filter, '2');
  t.equal(after('/', 'q', 'up', 'enter').view.filter, 'q');
  t.equal(after('/', '2', 'enter', 'escape').view.filter, '');
  const shown = (filter: string) =>
    rowsFor({ ...FIRST_VIEW, filter }).map(({ service, real }) => (real ?? service).id);
  t.same(shown('DOWN'), ['tcp:10.1.1.19:80', '10.1.1.22:80']);
  t.same(shown(':25'), ['tcp:10.1.1.3:25']);
  t.equal(shown('10.1.1.19').length, 4);
  t.same(shown('22 up'), []);
});

t.test('c goes through the orders', async (t) => {
  const order = (sort: View['sort']) =>
    rowsFor({ ...FIRST_VIEW, sort }).map(({ service, real }) => (real ?? service).id);
  t.same(order('state').slice(0, 2), ['tcp:10.1.1.19:80', '10.1.1.22:80']);
  t.equal(order('connections')[1], '10.1.1.22:80');
  t.equal(order('name')[0], 'tcp:10.1.1.3:25');
  t.equal(after('c').view.sort, SORTS[1]);
  t.equal(after(...SORTS.map(() => 'c')).view.sort, 'file');
  const moved = after('down', 'down', 'c', 'c');
  t.equal(moved.view.chosen, 'tcp:10.1.1.19:80/10.1.1.22:80');
  t.equal(moved.chosen, 1, 'the chosen one stays chosen');
});

t.test('a chosen row that goes leaves the choice to its neighbour', async (t) => {
  const { view } = after('down', 'down');
  const rows = rowsFor(view).filter(({ key }) => key !== view.chosen);
  t.equal(indexIn(rows, view), 2);
  t.equal(indexIn([], view), 0);
});

t.test('help, quit, suspend', async (t) => {
  t.equal(after('?').view.mode.type, 'help');
  t.equal(after('?', 'x').view.mode.type, 'list');
  t.same(after('q').effect, { type: 'quit' });
  t.same(after('down', 'd', 'interrupt').effect, { type: 'quit' });
  t.same(after('suspend').effect, { type: 'suspend' });
  t.same(after('redraw').effect, { type: 'redraw' });
});

t.test('what a terminal sends is read key by key', async (t) => {
  t.same(
    keysOf(
      'j\u001b[A\u001bOB\u001b[5~\u001b[6~\u001b[1;5A\u001b[3~é\r\u007f\u0003\u001a\u0001',
    ),
    [
      ...['j', 'up', 'down', 'page up', 'page down', 'é', 'enter', 'backspace'],
      ...['interrupt', 'suspend'],
    ],
  );
  t.same(keysOf('\u001b'), ['escape']);
});
