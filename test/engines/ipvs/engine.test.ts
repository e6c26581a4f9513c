import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createIpvsEngine } from '../../../lib/engines/ipvs/engine.ts';
import { aReal, aService } from '../../support/config.ts';
import { serverAt, tableOf, until } from '../../support/engine-rig.ts';
import { aBench, largeTable, next } from '../../support/ipvs-bench.ts';
import { lab } from '../../support/lab.ts';
import { BOTH, BOTH_ROWS, FIRST, SECOND, SERVICE } from './pair.ts';

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
  },
);

t.test(
  'an emptied table is filled again by the next change, or look at the numbers',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    await engine.apply(BOTH);
    for (const look of [() => engine.apply(BOTH), () => engine.stats()]) {
      table.call('-C');
      const [event] = await Promise.all([next(engine, 'notice'), look()]);
      t.match(event.message, `virtual server ${SERVICE.id} out of the kernel's table`);
      await until(() => table.rows().length === 3);
      t.same(table.rows(), BOTH_ROWS);
    }
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
  'a masq server without a port has none in the kernel, as ldirectord left it',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    table.call('-A -t 10.1.1.19:80 -s wrr');
    table.call('-a -t 10.1.1.19:80 -r 10.1.1.21:0 -m -w 5');
    table.call('-a -t 10.1.1.19:80 -r 10.1.1.22:80 -g');
    const reals = [
      aReal('10.1.1.21:0', { weight: 5 }),
      aReal('10.1.1.22:0', { method: 'gate' }),
    ];
    const service = aService({ reals });
    const [held] = await engine.recover([service]);
    t.same(held?.servers, [
      { id: '10.1.1.21:0', weight: 5 },
      { id: '10.1.1.22:0', weight: 1 },
    ]);
    const first = { ...FIRST, id: '10.1.1.21:0' };
    const second = { ...SECOND, id: '10.1.1.22:0', method: 'gate' } as const;
    await engine.apply(tableOf(service, first, second));
    t.same(table.take(), ['-E -t 10.1.1.19:80 -s wrr']);
    const [stats] = await engine.stats();
    t.match(stats?.servers, [
      { id: '10.1.1.21:0', totalConnections: 7 },
      { id: '10.1.1.22:0', totalConnections: 7 },
    ]);
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

t.test('those who ask for numbers at once share them', lab('perl'), async (t) => {
  const { engine, table } = aBench(t);
  await engine.apply(BOTH);
  const lists = () => table.calls().filter((call) => call.startsWith('-L')).length;
  const before = lists();
  const [one, two] = await Promise.all([engine.stats(), engine.stats()]);
  t.equal(one, two);
  t.equal(lists(), before + 2);
  t.not(await engine.stats(), one);
});

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

t.test(
  '1,000 services of 10 go in batches, one change of them in one call',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    const wanted = largeTable();
    const outcomes = await engine.apply(wanted);
    t.ok(outcomes.every(({ state }) => state === 'carried'));
    const processes = table.calls().filter((call) => /^-(L|-restore)/.test(call));
    t.equal(processes.length, 2 + 22, 'two lists, and a batch for 500 calls each');
    t.equal(table.take().length, 11_000);
    const rows = table.rows();
    t.equal(rows.length, 11_000);
    const [first, ...others] = wanted;
    if (!first) return;
    const servers = first.servers.with(3, serverAt('10.3.0.4', 80, { weight: 0 }));
    await engine.apply([{ ...first, servers }, ...others]);
    t.same(table.take(), ['-e -t 10.2.0.0:80 -r 10.3.0.4:80 -m -w 0']);
    await engine.apply([]); // a close has four seconds, and the stand-in is no C
    t.same(table.rows(), []);
  },
);
