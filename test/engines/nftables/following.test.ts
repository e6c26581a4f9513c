import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { programPath } from '../../../lib/engines/program-path.ts';
import type { Engine, ServiceTable } from '../../../lib/model/engine.ts';
import { serverAt } from '../../support/engine-rig.ts';
import {
  activeOf,
  ask,
  asks,
  entry,
  type Held,
  hold,
  type KernelStage,
  kernelStage,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const WEB = `TCP:${VIP}:80`;

/** Until the engine knows of that many open connections of each server, and picks by that. */
async function follows(
  engine: Engine,
  table: ServiceTable,
  ...counts: readonly number[]
): Promise<void> {
  while (String(await activeOf(engine)) !== String(counts)) await sleep(50);
  await engine.apply(table);
}

async function holds({ client }: KernelStage, count: number): Promise<Held[]> {
  const held: Held[] = [];
  for (let i = 0; i < count; i++) held.push(await hold(client, WEB));
  return held;
}

t.test(
  'a server at its upper threshold gets nothing new until it is below the lower one',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    for (const state of ['time_wait', 'close', 'close_wait', 'last_ack', 'fin_wait'])
      await stage.director.run(
        'sysctl',
        '-qw',
        `net.netfilter.nf_conntrack_tcp_timeout_${state}=1`,
      );
    const engine = stage.engine();
    await engine.apply([
      entry({}, [serverAt(WEB1, 80, { lower: 2, upper: 2 }), serverAt(WEB2, 80)]),
    ]);
    const held = await holds(stage, 4);
    t.strictSame(
      held.map(({ server }) => server),
      ['web1', 'web2', 'web1', 'web2'],
    );
    // It alternates until the engine has followed.
    while (new Set(await asks(stage.client, WEB, 4)).has('web1')) await sleep(50);
    t.equal(await held[0]?.say('hello'), 'hello', 'what it has stays');
    held[0]?.end();
    while ((await ask(stage.client, WEB)) !== 'web1') await sleep(50);
    t.pass('it is below again');
  },
);

t.test('with one server full and no other, clients are refused', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  await engine.apply([entry({}, [serverAt(WEB1, 80, { upper: 1 })])]);
  await holds(stage, 1);
  while ((await ask(stage.client, WEB)) !== 'refused') await sleep(50);
  t.pass('it is full');
});

for (const scheduler of ['lc', 'wlc', 'sed', 'nq'])
  t.test(`${scheduler} sends to the server that has less`, NEEDS, async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const both = entry({ scheduler });
    const first = [{ ...both, servers: [serverAt(WEB1, 80)] }];
    await engine.apply(first);
    await holds(stage, 4);
    await follows(engine, first, 4);
    await engine.apply([both]);
    const next = await holds(stage, 4);
    t.strictSame(
      next.map(({ server }) => server),
      ['web2', 'web2', 'web2', 'web2'],
    );
    await follows(engine, [both], 4, 4);
    const level = await holds(stage, 4);
    const ones = level.filter(({ server }) => server === 'web1');
    t.equal(ones.length, 2, 'then to each in turn');
  });

t.test('what follows connections says that none are counted', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const folder = mkdtempSync(join(tmpdir(), 'l4d-programs-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  symlinkSync(programOf('nft'), join(folder, 'nft'));
  const enter = [...stage.enter, programOf('env'), `PATH=${folder}`];
  const engine = stage.engine({ enter, lookMs: 50 });
  await engine.apply([entry({ scheduler: 'wlc' }), entry({ port: 81 })]);
  for await (const event of engine.events) {
    if (event.type !== 'outcome' || event.outcome.problem === undefined) continue;
    t.equal(event.outcome.id, `tcp:${VIP}:80`);
    t.equal(event.outcome.state, 'carried');
    const { problem } = event.outcome;
    t.match(problem, /^wlc follows there .*, and nothing is: .*conntrack/);
    t.match(problem, '"apt-get install conntrack"');
    break;
  }
  t.match(await ask(stage.client, WEB), /^web/);
});

function programOf(name: string): string {
  const paths = programPath()
    .split(':')
    .map((folder) => join(folder, name));
  const found = paths.find((path) => existsSync(path));
  if (!found) throw new Error(`no ${name}`);
  return found;
}
