import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createIpvsEngine } from '../../../lib/engines/ipvs/engine.ts';
import { retryPause } from '../../../lib/engines/ipvs/retry.ts';
import type { EngineEvent } from '../../../lib/model/engine.ts';
import { aService } from '../../support/config.ts';
import { serverAt, tableOf, until } from '../../support/engine-rig.ts';
import { aBench, anOddOne, largeTable, next } from '../../support/ipvs-bench.ts';
import { ipvsMachine } from '../../support/ipvs-machine.ts';
import { IpvsTable } from '../../support/ipvs-table.ts';
import { lab } from '../../support/lab.ts';
import { BOTH, BOTH_ROWS, FIRST, SECOND, SERVICE } from './pair.ts';

t.jobs = 2;

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
    const engine = createIpvsEngine({ program, ...ipvsMachine(folder), retryMs: 20 });
    t.teardown(() => engine.close({ clean: false }));
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

/** What comes in the place of ipvsadm while the director runs, and what is said of it. */
const MISHAPS: readonly (readonly [string, string | undefined, RegExp])[] = [
  ['nothing', undefined, /not installed: "apt-get install ipvsadm"/],
  ['one that hangs', 'sleep 60; true', /did not answer within 2 s/],
  ['one that dies', 'kill -KILL $$', /was ended by SIGKILL/],
  [
    'one that prints garbage',
    'echo nonsense',
    /no list of virtual servers but "nonsense"/,
  ],
  ['one that floods', 'exec yes', /did not answer|printed more than any table has/],
  ['one that may not', 'echo "you must be root" >&2; exit 2', /no permission/],
];

t.test(
  'whatever becomes of ipvsadm, services fail in words and come back with it',
  lab('perl'),
  async (t) => {
    for (const [name, text, problem] of MISHAPS)
      await t.test(name, async (t) => {
        const callMs = name === 'one that hangs' ? 2000 : 10_000;
        const { engine, table } = aBench(t, { callMs, retryMs: 20 });
        await engine.apply(BOTH);
        const away = `${table.program}.away`;
        renameSync(table.program, away);
        if (text !== undefined)
          writeFileSync(table.program, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
        const [outcome] = await engine.apply(tableOf(SERVICE, FIRST));
        t.match(outcome, { id: SERVICE.id, state: 'failed', problem });
        renameSync(away, table.program);
        t.same(await next(engine, 'outcome'), {
          type: 'outcome',
          outcome: { id: SERVICE.id, state: 'carried' },
        });
        t.same(table.rows(), BOTH_ROWS.slice(0, 2));
      });
  },
);

t.test(
  'a service that the kernel does not let go of is told, and tried again',
  lab('perl'),
  async (t) => {
    const refuse = 'echo busy >&2; exit 1';
    const { engine, table, odd } = anOddOne(t, '-D', refuse);
    await engine.apply(BOTH);
    t.same(await engine.apply([]), []);
    t.match((await next(engine, 'notice')).message, /still in .*: ipvsadm: busy/);
    rmSync(odd);
    await until(() => table.rows().length === 0);
    writeFileSync(odd, '');
    await engine.apply(BOTH);
    await t.rejects(engine.close({ clean: true }), /still in .*: ipvsadm: busy/);
    t.same(table.rows(), BOTH_ROWS);
  },
);

t.test(
  'a call that is refused once is made again, and told as mended',
  lab('perl'),
  async (t) => {
    const { engine, table, odd } = anOddOne(
      t,
      '-a',
      'rm "$0.odd"; echo busy >&2; exit 1',
    );
    t.same(await engine.apply(BOTH), [
      {
        id: SERVICE.id,
        state: 'carried',
        problem: `real server 10.1.1.21:80: ipvsadm: busy`,
      },
    ]);
    t.notOk(existsSync(odd));
    t.same(await next(engine, 'outcome'), {
      type: 'outcome',
      outcome: { id: SERVICE.id, state: 'carried' },
    });
    t.same(table.rows(), BOTH_ROWS);
    t.equal(table.changes().length, 3, 'and no other');
  },
);

t.test(
  'a batch whose program dies half way is finished by the next attempt',
  lab('perl'),
  async (t) => {
    const die = 'head -n 50 | "$0.real" --restore; kill -KILL $$';
    const { engine, table, odd } = anOddOne(t, '--restore', die);
    const wanted = largeTable().slice(0, 20);
    const [outcome] = await engine.apply(wanted);
    t.match(outcome, { state: 'failed', problem: 'ipvsadm was ended by SIGKILL' });
    t.equal(table.rows().length, 50);
    rmSync(odd);
    t.match(await next(engine, 'outcome'), { outcome: { state: 'carried' } });
    t.equal(table.rows().length, 20 * 11);
  },
);

t.test(
  'what was carried is not forgotten where ipvsadm fails as it is to go',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t, { retryMs: 20 });
    await engine.apply(BOTH);
    const away = `${table.program}.away`;
    renameSync(table.program, away);
    t.same(await engine.apply([]), []);
    t.match((await next(engine, 'notice')).message, /still in .*apt-get install/);
    renameSync(away, table.program);
    await until(() => table.rows().length === 0);
  },
);

t.test('an end without ipvsadm says what is left', lab('perl'), async (t) => {
  const { engine, table } = aBench(t);
  await engine.apply(BOTH);
  rmSync(table.program);
  await t.rejects(engine.close({ clean: true }), /not installed/);
});

t.test('an end whose ipvsadm hangs is not waited for', lab('perl'), async (t) => {
  const { engine, table } = aBench(t);
  await engine.apply(BOTH);
  writeFileSync(`${table.program}.new`, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  renameSync(`${table.program}.new`, table.program);
  await t.rejects(engine.close({ clean: true }), /not end within 4 s: "ipvsadm -L -n"/);
});

t.test('attempts become rarer', async (t) => {
  const pauses = [0, 1, 2, 3, 4, 5, 2000].map((attempts) => retryPause(attempts));
  t.same(pauses, [5000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
});

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
    const lists = one.table.calls().filter((call) => call === '-L -n').length;
    t.ok(lists < 10, 'the table is read again for each batch that fails');
  },
);

const ODD: Readonly<Record<number, object>> = {
  5: { weight: 2 ** 31 },
  70: { lower: 9 },
};
