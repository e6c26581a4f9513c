import t from 'tap';
import type { EngineName } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { A, at, by, web } from '../support/moving-bench.ts';
import { carried, recordingEngine } from '../support/recording-engine.ts';
import { bad, good } from '../support/reports.ts';

const rest = aService({ port: 81, reals: [aReal('10.1.1.23:81')] });

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
      proxyHeaderErrors: 0,
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
