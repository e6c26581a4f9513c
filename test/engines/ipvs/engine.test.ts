import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createIpvsEngine } from '../../../lib/engines/ipvs/engine.ts';
import type { Engine, EngineEvent, ServiceEntry } from '../../../lib/model/engine.ts';
import { aReal, aService } from '../../support/config.ts';
import { serverAt, tableOf } from '../../support/engine-rig.ts';
import { IpvsTable } from '../../support/ipvs-table.ts';
import { lab } from '../../support/lab.ts';

interface Bench {
  readonly engine: Engine;
  readonly table: IpvsTable;
  /** Another run of the director on the same kernel. */
  another(): Engine;
}

function aBench(t: Test): Bench {
  const table = new IpvsTable(join(t.testdir(), 'ipvsadm'));
  const another = () => {
    const engine = createIpvsEngine({ program: table.program });
    t.teardown(() => engine.close({ clean: false }));
    return engine;
  };
  return { engine: another(), table, another };
}

async function next<K extends EngineEvent['type']>(engine: Engine, type: K) {
  for await (const event of engine.events) if (event.type === type) return event;
  throw new Error(`no ${type} came`);
}

const SERVICE = aService();
const FIRST = serverAt('10.1.1.21', 80, { weight: 5 });
const SECOND = serverAt('10.1.1.22', 80);
const BOTH = tableOf(SERVICE, FIRST, SECOND);
const BOTH_ROWS = [
  'TCP  10.1.1.19:80 wrr',
  '  10.1.1.21:80 Masq 5 u:0 l:0',
  '  10.1.1.22:80 Masq 1 u:0 l:0',
];

t.jobs = 2;

t.test(
  'a table is put in force, and the same table changes nothing',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    t.same(await engine.apply(BOTH), [{ id: SERVICE.id, state: 'carried' }]);
    t.same(table.rows(), BOTH_ROWS);
    table.take();
    await engine.apply([...BOTH]);
    t.same(table.take(), []);
  },
);

t.test(
  'a service without a server that takes connections is idle',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    const idle = [{ id: SERVICE.id, state: 'idle' }];
    t.same(await engine.apply(tableOf(SERVICE)), idle);
    t.same(await engine.apply(tableOf(SERVICE, { ...FIRST, weight: 0 })), idle);
    t.same(table.rows(), [BOTH_ROWS[0], '  10.1.1.21:80 Masq 0 u:0 l:0']);
  },
);

t.test(
  'what others change of our services is mended, theirs is left alone',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    table.call('-A -t 10.9.9.9:80 -s rr');
    await engine.apply(BOTH);
    table.call('-d -t 10.1.1.19:80 -r 10.1.1.22:80');
    table.call('-e -t 10.1.1.19:80 -r 10.1.1.21:80 -m -w 1');
    table.call('-a -t 10.1.1.19:80 -r 10.1.1.29:80 -m');
    table.call('-E -t 10.1.1.19:80 -s lc');
    await engine.apply(BOTH);
    t.same(table.rows(), [...BOTH_ROWS, 'TCP  10.9.9.9:80 rr']);
    table.call('-C');
    await engine.apply(BOTH);
    t.same(table.rows(), BOTH_ROWS);
  },
);

t.test(
  'a later run takes over what an earlier one left, and disturbs no server',
  lab('perl'),
  async (t) => {
    const { engine, table, another } = aBench(t);
    await engine.apply(BOTH);
    await engine.close({ clean: false });
    t.same(table.rows(), BOTH_ROWS);
    const later = another();
    const reals = [aReal('10.1.1.21:80'), aReal('10.1.1.22:80')];
    t.same(await later.recover([aService({ reals }), aService({ port: 81 })]), [
      {
        id: SERVICE.id,
        servers: [
          { id: '10.1.1.21:80', weight: 5 },
          { id: '10.1.1.22:80', weight: 1 },
        ],
      },
    ]);
    table.take();
    await later.apply(BOTH);
    t.same(table.take(), ['-E -t 10.1.1.19:80 -s wrr'], 'its flags are not to be seen');
  },
);

t.test(
  'a service that leaves the table is removed, cleanstop or not',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    const other = aService({ port: 81, cleanstop: false });
    await engine.apply([...BOTH, ...tableOf(other, FIRST)]);
    t.same(await engine.apply(BOTH), [{ id: SERVICE.id, state: 'carried' }]);
    t.same(table.rows(), BOTH_ROWS);
    await engine.apply([]);
    t.same(table.rows(), []);
    table.take();
    await engine.apply([]);
    t.same(table.take(), []);
  },
);

t.test(
  'the end takes out what cleanstop says, and nothing of others',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    table.call('-A -t 10.9.9.9:80 -s rr');
    const stays = aService({ port: 79, cleanstop: false });
    await engine.apply([...BOTH, ...tableOf(stays, SECOND)]);
    await engine.close({ clean: true });
    t.same(table.rows(), [
      'TCP  10.1.1.19:79 wrr',
      '  10.1.1.22:80 Masq 1 u:0 l:0',
      'TCP  10.9.9.9:80 rr',
    ]);
  },
);

t.test('numbers come from the kernel', lab('perl'), async (t) => {
  const { engine } = aBench(t);
  t.same(await engine.stats(), []);
  await engine.apply(BOTH);
  const [stats] = await engine.stats();
  t.match(stats, {
    id: SERVICE.id,
    acceptedConnections: 7,
    persistenceEntries: 4,
    servers: [
      {
        id: FIRST.id,
        activeConnections: 3,
        inactiveConnections: 4,
        totalConnections: 7,
        bytesIn: 1000,
        bytesOut: 123_456_789,
      },
      { id: SECOND.id },
    ],
  });
  t.same(engine.workers(), []);
});

t.test(
  'a server that is refused leaves the others alone, and is told once',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    const odd = serverAt('10.1.1.23', 80, { lower: 5 });
    const wanted = tableOf(SERVICE, odd, FIRST, SECOND);
    const problem =
      'real server 10.1.1.23:80: ipvsadm: Numerical result out of range: a lower threshold must not be above the upper one';
    for (let time = 0; time < 2; time++)
      t.same(await engine.apply(wanted), [
        { id: SERVICE.id, state: 'carried', problem },
      ]);
    t.same(table.rows(), BOTH_ROWS);
    await engine.close({ clean: true });
    const events: EngineEvent[] = [];
    for await (const event of engine.events) events.push(event);
    t.same(events, [
      {
        type: 'notice',
        message: `Not all of virtual server ${SERVICE.id} is carried: ${problem}`,
      },
    ]);
  },
);

t.test(
  'a service that is refused fails with the mend, and comes when that is done',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    const service = aService({ scheduler: 'wrrr' });
    const [outcome] = await engine.apply([
      ...tableOf(service, FIRST),
      ...tableOf(aService({ port: 81 }), FIRST),
    ]);
    t.same(outcome, {
      id: service.id,
      state: 'failed',
      problem:
        'ipvsadm: Scheduler or persistence engine not found: unknown scheduler "wrrr"; did you mean "wrr"?',
    });
    t.same(table.rows()[0], 'TCP  10.1.1.19:81 wrr');
    const mended = tableOf(aService({ scheduler: 'lc' }), FIRST);
    t.match(await engine.apply(mended), [{ state: 'carried' }]);
  },
);

t.test(
  'ipvsadm that cannot work fails every service until it can',
  lab('perl'),
  async (t) => {
    const folder = t.testdir();
    const program = join(folder, 'ipvsadm');
    const engine = createIpvsEngine({ program, retryMs: 20 });
    t.teardown(() => engine.close({ clean: true }));
    const [outcome] = await engine.apply(BOTH);
    t.match(outcome, { id: SERVICE.id, state: 'failed' });
    t.match(outcome?.problem, 'apt-get install ipvsadm');
    t.same(await engine.recover([SERVICE]), []);
    t.same(await engine.stats(), []);
    const table = new IpvsTable(program);
    t.same(await next(engine, 'outcome'), {
      type: 'outcome',
      outcome: { id: SERVICE.id, state: 'carried' },
    });
    t.same(table.rows(), BOTH_ROWS);
  },
);

t.test('ipvsadm is never called where no service wants it', async (t) => {
  const program = join(t.testdir(), 'ipvsadm');
  writeFileSync(program, '#!/bin/sh\ntouch "$0.called"\nexit 9\n', { mode: 0o755 });
  const engine = createIpvsEngine({ program });
  t.same(await engine.apply([]), []);
  t.same(await engine.recover([]), []);
  t.same(await engine.stats(), []);
  await engine.close({ clean: true });
  t.notOk(existsSync(`${program}.called`));
});

/** 1,000 services of 10. */
function largeTable(): readonly ServiceEntry[] {
  return Array.from({ length: 1000 }, (_, index) => ({
    service: aService({
      address: `10.2.${index >> 8}.${index & 255}`,
      scheduler: 'rr',
    }),
    servers: Array.from({ length: 10 }, (_, row) => serverAt(`10.3.0.${row + 1}`, 80)),
  }));
}

t.test(
  '1,000 services of 10 go in batches, one change of them in one call',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    const wanted = largeTable();
    const outcomes = await engine.apply(wanted);
    t.ok(outcomes.every(({ state }) => state === 'carried'));
    const processes = () => table.calls().filter((call) => /^-(L|-restore)/.test(call));
    t.ok(processes().length < 30, `${processes().length} processes`);
    t.equal(table.take().length, 11_000);
    const rows = table.rows();
    t.equal(rows.length, 11_000);
    const [first, ...others] = wanted;
    if (!first) return;
    const servers = first.servers.with(3, serverAt('10.3.0.4', 80, { weight: 0 }));
    await engine.apply([{ ...first, servers }, ...others]);
    t.same(table.take(), ['-e -t 10.2.0.0:80 -r 10.3.0.4:80 -m -w 0']);
    await engine.close({ clean: true });
    t.same(table.rows(), []);
  },
);

t.test(
  'a batch with refused and misspelt calls does all the others',
  lab('perl'),
  async (t) => {
    const one = aBench(t);
    const good = largeTable().slice(0, 100);
    const odd = good.map((entry, index) => ({
      ...entry,
      service: index === 40 ? { ...entry.service, scheduler: 'none' } : entry.service,
      servers: [...entry.servers, serverAt('10.3.1.1', 80, ODD[index] ?? {})],
    }));
    const outcomes = await one.engine.apply(odd);
    const problems = outcomes.flatMap(({ state, problem }, index) =>
      problem === undefined ? [] : [`${index} ${state}: ${problem}`],
    );
    t.match(problems, [
      /^5 carried: real server 10\.3\.1\.1:80: ipvsadm: illegal weight specified/,
      /^40 failed: ipvsadm: Scheduler or persistence engine not found/,
      /^70 carried: real server 10\.3\.1\.1:80: ipvsadm: Numerical result/,
    ]);
    t.equal(problems.length, 3);
    t.equal(one.table.rows().length, 99 * 12 - 2, 'all but a service and two servers');
  },
);

const ODD: Readonly<Record<number, object>> = {
  5: { weight: 2 ** 31 },
  70: { lower: 9 },
};
