import t, { type Test } from 'tap';
import type { ServiceOutcome, ServiceTable } from '../../lib/model/engine.ts';
import type { EngineName, VirtualService } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { carried, recordingEngine } from '../support/recording-engine.ts';
import { bad, good } from '../support/reports.ts';

const A = '10.1.1.21:80';
const web = aService({ reals: [aReal(A)], quiescent: true });
const rest = aService({ port: 81, reals: [aReal('10.1.1.23:81')] });

function by(engine: EngineName, service: VirtualService = web): VirtualService {
  return { ...service, options: { ...OPTIONS, engine } };
}

/** A director with two engines, one of them at work, and all their calls in one list.
 *  @param apply  what the engine that gets the service does with a table */
async function at(
  t: Test,
  from: EngineName,
  to: EngineName,
  apply?: (table: ServiceTable) => ServiceOutcome[],
) {
  const calls: string[] = [];
  const engine = (name: EngineName) =>
    recordingEngine({
      journal: { name, calls },
      refuses: ({ scheduler }) => (scheduler === 'none' ? 'no such' : undefined),
      ...(name === to && apply ? { apply: async (table) => apply(table) } : {}),
    });
  const engines = { net: engine('net'), [from]: engine(from), [to]: engine(to) };
  const { net, ...others } = engines;
  const bench = aBench(t, net, others);
  await bench.director.apply(aConfig([by(from)]));
  bench.runner.report(A, good());
  await bench.settle();
  calls.length = 0;
  bench.log.take();
  const applied = () => calls.filter((call) => / apply/.test(call));
  return { ...bench, engines, applied };
}

for (const [from, to] of [
  ['net', 'nftables'],
  ['nftables', 'net'],
  ['net', 'ipvs'],
  ['ipvs', 'net'],
  ['ipvs', 'nftables'],
] as const)
  t.test(
    `from ${from} to ${to}: the new one has it before the old one lets go`,
    async (t) => {
      const { director, engines, applied, log } = await at(t, from, to);
      await director.apply(aConfig([by(to)]));
      const order = applied();
      const gone = order.indexOf(`${from} apply`);
      t.ok(gone > order.indexOf(`${to} apply ${WEB}`), order.join(', '));
      t.ok(order.includes(`${to} apply ${WEB}`));
      t.equal(engines[from]?.inForce(WEB), undefined);
      t.strictSame(engines[to]?.inForce(WEB), [`${A}@1`]);
      t.strictSame(log.take(), [
        'Changed virtual server: 10.1.1.19:80',
        `Moving virtual server 10.1.1.19:80 from ${from} to ${to} (engine = ${to})`,
        `Moved virtual server 10.1.1.19:80 from ${from} to ${to}`,
      ]);
      t.match(await director.services(), [
        { engine: to, engineReason: `engine = ${to}`, state: 'up', problem: null },
      ]);
    },
  );

t.test('an engine is told that what it gets is in force elsewhere', async (t) => {
  const { director, engines, runner, settle } = await at(t, 'ipvs', 'net');
  await director.apply(aConfig([by('net')]));
  const arriving = () => engines.net.tables.map(([entry]) => entry?.arriving);
  t.equal(
    arriving().find((told) => told !== undefined),
    true,
  );
  runner.report(A, bad());
  await settle();
  t.equal(arriving().at(-1), undefined, 'and when that is over');
});

t.test('an engine that fails to take it over leaves it where it is', async (t) => {
  let mended = false;
  const problem = 'ip_forward is off: sysctl -w net.ipv4.ip_forward=1';
  const { director, engines, runner, log, settle } = await at(
    t,
    'net',
    'nftables',
    (table) =>
      table.map((entry) =>
        mended ? carried(entry) : { id: entry.service.id, state: 'failed', problem },
      ),
  );
  await director.apply(aConfig([by('nftables')]));
  t.strictSame(engines.net.inForce(WEB), [`${A}@1`]);
  t.match(log.take(), [
    /^Changed/,
    /^Moving/,
    `Cannot move virtual server 10.1.1.19:80 from net to nftables: ${problem}`,
  ]);
  t.match(await director.services(), [
    {
      engine: 'net',
      engineReason: 'on its way to nftables (engine = nftables)',
      state: 'up',
      problem: `${problem}; until then net carries it`,
      reals: [{ weight: 1, inForce: true }],
    },
  ]);
  runner.report(A, bad());
  await settle();
  t.strictSame(engines.net.inForce(WEB), [`${A}@0`], 'and what it carries goes on');
  t.match(await director.services(), [{ state: 'down', reals: [{ weight: 0 }] }]);
  runner.report(A, good());
  await settle();
  log.take();
  mended = true;
  engines.nftables?.tell({ type: 'outcome', outcome: { id: WEB, state: 'carried' } });
  await settle();
  t.strictSame(log.take(), ['Moved virtual server 10.1.1.19:80 from net to nftables']);
  t.equal(engines.net.inForce(WEB), undefined);
  t.match(await director.services(), [{ engine: 'nftables', problem: null }]);
});

t.test('an engine that throws is asked again until it has it', async (t) => {
  let defects = 1;
  const { director, engines, log } = await at(t, 'net', 'nftables', (table) => {
    if (table.length > 0 && defects-- > 0) throw new Error('nft was killed');
    return table.map(carried);
  });
  await director.apply(aConfig([by('nftables')]));
  t.strictSame(engines.net.inForce(WEB), [`${A}@1`]);
  await log.saw(
    /^Cannot move virtual server 10.1.1.19:80 from net to nftables: nft was killed$/,
  );
  t.match(await director.services(), [
    {
      engine: 'net',
      state: 'up',
      problem: 'nft was killed; until then net carries it',
    },
  ]);
  await log.saw(/^Moved virtual server 10.1.1.19:80 from net to nftables$/);
  await director.apply(aConfig([by('nftables')]));
  t.equal(engines.net.inForce(WEB), undefined);
});

t.test('an engine that cannot work here never gets it', async (t) => {
  const lacking = recordingEngine({ probe: async () => 'there is no nft here' });
  const { director, engine, log, runner, settle } = aBench(t, undefined, {
    nftables: lacking,
  });
  await director.apply(aConfig([by('net')]));
  runner.report(A, good());
  await settle();
  log.take();
  await director.apply(aConfig([by('nftables')]));
  t.strictSame(log.take(), [
    'Cannot move virtual server 10.1.1.19:80 from net to nftables: engine = nftables: there is no nft here',
  ]);
  t.strictSame(engine.inForce(WEB), [`${A}@1`]);
  t.strictSame(lacking.calls, ['left', 'probe', 'left'], 'asked, and told nothing');
  const problem = 'engine = nftables: there is no nft here; until then net carries it';
  t.match(await director.services(), [{ engine: 'net', state: 'up', problem }]);
  await director.apply(aConfig([by('net')]));
  t.match(log.take(), [
    /^Changed/,
    /^Engine of virtual server .*: net \(engine = net\)$/,
  ]);
  t.match(await director.services(), [{ engine: 'net', state: 'up', problem: null }]);
});

t.test(
  'an engine that takes it in part has it, and says what is missing',
  async (t) => {
    const problem = 'real server 10.1.1.21:80: ipvsadm: illegal weight';
    const { director, engines, log } = await at(t, 'net', 'ipvs', (table) =>
      table.map(({ service: { id } }) => ({ id, state: 'carried', problem })),
    );
    await director.apply(aConfig([by('ipvs')]));
    t.match(log.take().at(-1), /^Moved virtual server /);
    t.equal(engines.net.inForce(WEB), undefined);
    t.match(await director.services(), [{ engine: 'ipvs', state: 'up', problem }]);
  },
);

t.test('the engine that has it still may fail meanwhile, and says so', async (t) => {
  const { director, engines, log, settle } = await at(t, 'net', 'nftables', (table) =>
    table.map(({ service: { id } }) => ({ id, state: 'failed', problem: 'no nft' })),
  );
  await director.apply(aConfig([by('nftables')]));
  log.take();
  const tell = async (state: ServiceOutcome['state'], problem?: string) => {
    const outcome = { id: WEB, state, ...(problem ? { problem } : {}) };
    engines.net.tell({ type: 'outcome', outcome });
    await settle();
  };
  await tell('failed', 'port 80 is in use');
  t.match(await director.services(), [{ engine: 'net', state: 'failed' }]);
  await tell('carried');
  t.match(await director.services(), [{ engine: 'net', state: 'up' }]);
  t.strictSame(log.take(), [
    'Cannot carry virtual server 10.1.1.19:80 (net): port 80 is in use',
    'Carrying virtual server 10.1.1.19:80 (net) (mended: port 80 is in use)',
  ]);
});

t.test(
  'moves there and back in quick succession end where the last one says',
  async (t) => {
    const having = new Set<EngineName>();
    let gaps = 0;
    const slow = (name: EngineName) =>
      recordingEngine({
        apply: async (table) => {
          const has = table.some(({ service }) => service.id === WEB);
          if (!has) having.delete(name);
          if (having.size === 0) gaps++;
          await new Promise(setImmediate);
          if (has) having.add(name);
          return table.map(carried);
        },
      });
    const [net, nftables, ipvs] = [slow('net'), slow('nftables'), slow('ipvs')];
    const { director, runner, settle } = aBench(t, net, { nftables, ipvs });
    await director.apply(aConfig([by('net')]));
    runner.report(A, good());
    await settle();
    gaps = 0;
    const way: readonly EngineName[] = ['nftables', 'net', 'ipvs', 'net', 'nftables'];
    await Promise.all(way.map((engine) => director.apply(aConfig([by(engine)]))));
    t.strictSame([...having], ['nftables']);
    t.equal(gaps, 0, 'at each moment some engine had it');
    t.strictSame(nftables.inForce(WEB), [`${A}@1`]);
    t.match(await director.services(), [{ engine: 'nftables', state: 'up' }]);
  },
);

t.test('a reload while it moves goes to both', async (t) => {
  const B = '10.1.1.22:80';
  let mended = false;
  const { director, engines, runner, settle, log } = await at(
    t,
    'net',
    'nftables',
    (table) =>
      table.map((entry) =>
        mended
          ? carried(entry)
          : { id: entry.service.id, state: 'failed', problem: 'no nft' },
      ),
  );
  await director.apply(aConfig([by('nftables')]));
  log.take();
  const more = { ...web, reals: [aReal(A), aReal(B, { weight: 2 })] };
  await director.apply(aConfig([by('nftables', more)]));
  t.strictSame(log.take(), [], 'nothing more to tell of the move');
  runner.report(B, good());
  await settle();
  t.strictSame(engines.net.inForce(WEB), [`${A}@1`, `${B}@2`]);
  t.strictSame(engines.nftables?.inForce(WEB), [`${A}@1`, `${B}@2`]);
  mended = true;
  await director.apply(aConfig([by('nftables', { ...more, scheduler: 'wrr' })]));
  t.equal(engines.net.inForce(WEB), undefined);
  t.match(await director.services(), [{ engine: 'nftables', state: 'up' }]);
});

t.test('the other services do not move', async (t) => {
  const { director, engines, applied } = await at(t, 'net', 'nftables');
  await director.apply(aConfig([by('net'), by('net', rest)]));
  const before = engines.net.tables.at(-1)?.[1];
  await director.apply(aConfig([by('nftables'), by('net', rest)]));
  t.equal(engines.net.tables.at(-1)?.[0], before, 'its entry is the same');
  t.notOk(applied().some((call) => /^nftables.*:81/.test(call)));
});

t.test('numbers are those of the engine that has the service', async (t) => {
  const numbers = (acceptedConnections: number) => async () => [
    {
      ...{ id: WEB, servers: [], acceptedConnections },
      ...{ refusedConnections: 0, retries: 0, persistenceEntries: 0 },
    },
  ];
  const net = recordingEngine({ stats: numbers(7) });
  const nftables = recordingEngine({ stats: numbers(3) });
  const { director } = aBench(t, net, { nftables });
  await director.apply(aConfig([by('net')]));
  t.match(await director.services(), [{ acceptedConnections: 7 }]);
  await director.apply(aConfig([by('nftables')]));
  t.match(await director.services(), [{ acceptedConnections: 3 }]);
});

t.test('a service that leaves the config on its way leaves both', async (t) => {
  const { director, engines } = await at(t, 'net', 'nftables', (table) =>
    table.map(({ service: { id } }) => ({ id, state: 'failed', problem: 'no' })),
  );
  await director.apply(aConfig([by('nftables')]));
  await director.apply(aConfig([]));
  t.equal(engines.net.inForce(WEB), undefined);
  t.equal(engines.nftables?.inForce(WEB), undefined);
});
