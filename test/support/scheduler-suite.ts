import type { Test } from 'tap';
import type { Scheduler } from '../../lib/model/scheduler.ts';
import { client, type PlainServer, PlainView, server } from './plain-view.ts';

/** What every scheduler promises, whatever its algorithm. Run it for each in the registry. */
export function schedulerSuite(t: Test, scheduler: Scheduler): void {
  const view = (...servers: Partial<PlainServer>[]) =>
    new PlainView(scheduler, servers);
  const clients = Array.from({ length: 300 }, (_, n) =>
    client(`198.51.${n >> 8}.${n & 255}`, 1024 + n),
  );
  /** Rows picked for 300 clients whose connections stay; no others are there. */
  function rows(service: PlainView): (number | undefined)[] {
    for (const one of service.servers) one.active = 0;
    return clients.map((one, n) => {
      service.draws = [(n * 0.37) % 1, (n * 0.73) % 1];
      const row = scheduler.pick(service, one);
      if (row !== undefined) service.at(row).active++;
      return row;
    });
  }

  t.test('it says in a few words what it does', async (t) => {
    t.match(scheduler.summary, /^[a-z].{9,79}[^.]$/);
  });

  t.test('no server at all gives no pick', async (t) => {
    t.equal(scheduler.pick(view(), client()), undefined);
  });

  t.test('nothing eligible gives no pick, and the next pick is sound', async (t) => {
    const service = view({ weight: 0 }, { overloaded: true }, {});
    service.excluded.add(2);
    t.ok(rows(service).every((row) => row === undefined));
    service.excluded.clear();
    service.change((all) =>
      all.map((one) => ({ ...one, weight: 5, overloaded: false })),
    );
    t.ok(rows(service).some((row) => row !== undefined));
  });

  t.test('a lone eligible server is picked', async (t) => {
    t.equal(scheduler.pick(view({}), client()), 0);
  });

  for (const [what, make] of [
    ['a server of weight 0', (one: PlainServer) => ({ ...one, weight: 0 })],
    ['an overloaded server', (one: PlainServer) => ({ ...one, overloaded: true })],
  ] as const)
    t.test(`${what} is never picked`, async (t) => {
      for (let bad = 0; bad < 4; bad++) {
        const service = view(
          { weight: 3 },
          { weight: 2 },
          { weight: 2 },
          { weight: 1 },
        );
        service.change((all) => all.map((one, row) => (row === bad ? make(one) : one)));
        t.notOk(rows(service).includes(bad), `row ${bad}`);
      }
    });

  t.test('a server left out for this connection is never picked', async (t) => {
    for (let bad = 0; bad < 4; bad++) {
      const service = view({ weight: 3 }, { weight: 2 }, { weight: 2 }, { weight: 1 });
      service.excluded.add(bad);
      t.notOk(rows(service).includes(bad), `row ${bad}`);
    }
  });

  t.test('it says whether it keeps anything of its own between picks', async (t) => {
    const service = view({ weight: 3 }, { weight: 2 });
    rows(service);
    t.equal(service.hasKept, scheduler.keeps === true);
  });

  t.test('same inputs, same picks', async (t) => {
    const twin = () => view({ weight: 3 }, { weight: 0 }, { weight: 2 }, { weight: 7 });
    t.same(rows(twin()), rows(twin()));
  });

  t.test('every pick is a row, however high the weights are', async (t) => {
    const service = view(
      { weight: 65535 },
      { weight: 1 },
      { weight: 65534, active: 9 },
    );
    for (const row of rows(service)) t.ok(row === undefined || service.eligible(row));
  });

  t.test('it goes on when rows come, go and change places', async (t) => {
    const service = view(...Array.from({ length: 40 }, () => ({ weight: 2 })));
    rows(service);
    for (const edit of [
      (all: PlainServer[]) => all.slice(0, 2),
      (all: PlainServer[]) => all.toReversed(),
      (all: PlainServer[]) => [...all, server({ weight: 9 }, 77)],
      (all: PlainServer[]) => all.slice(2),
      () => [],
      () => [server({ weight: 1 }, 3)],
    ]) {
      service.change(edit);
      const picked = rows(service).filter((row) => row !== undefined);
      t.ok(picked.every((row) => service.eligible(row)));
      t.equal(picked.length > 0, service.size > 0);
    }
  });

  t.test('IPv6 clients and servers are scheduled too', async (t) => {
    const service = view({ address: '2001:db8::1' }, { address: '2001:db8::2' });
    const six = client('2001:db8:1::7');
    const row = scheduler.pick(service, six);
    t.ok(row !== undefined && service.eligible(row));
  });
}
