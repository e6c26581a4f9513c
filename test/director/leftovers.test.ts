import t, { type Test } from 'tap';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { until } from '../support/engine-rig.ts';
import { A, B, LEFT, web } from '../support/left-in-nftables.ts';
import { carried, recordingEngine } from '../support/recording-engine.ts';

t.test('an engine that nobody wants and that left nothing is let alone', async (t) => {
  const nftables = recordingEngine({ recovered: LEFT });
  const { director, engine } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([{ ...web, options: OPTIONS }]));
  t.strictSame(engine.inForce(WEB), []);
  t.strictSame(nftables.calls, ['left']);
});

/** An engine that an earlier run left something in, beside `net`. */
async function leftIn(
  t: Test,
  how: Parameters<typeof recordingEngine>[0],
  services: readonly VirtualService[],
) {
  const calls: string[] = [];
  const journal = (name: string) => ({ journal: { name, calls } });
  const nftables = recordingEngine({
    ...{ left: async () => true, recovered: LEFT },
    ...how,
    ...journal('nftables'),
  });
  const bench = aBench(t, recordingEngine(journal('net')), { nftables });
  await bench.director.apply(aConfig(services));
  const applied = () => calls.filter((call) => / apply/.test(call));
  return { ...bench, nftables, calls, applied };
}

const moved = { ...web, options: OPTIONS };

t.test(
  'what an earlier run left elsewhere goes on until the move is over',
  async (t) => {
    const { director, engine, nftables, calls, applied, log } = await leftIn(t, {}, [
      moved,
    ]);
    t.ok(
      calls.includes(`nftables recover ${WEB}`),
      'of a service that net is to carry',
    );
    const order = applied();
    t.ok(
      order.indexOf('nftables apply') > order.indexOf(`net apply ${WEB}`),
      order.join(', '),
    );
    t.strictSame(engine.inForce(WEB), [`${A}@2`, `${B}@0`], 'with the weights it had');
    t.equal(nftables.inForce(WEB), undefined);
    t.strictSame(log.take(), [
      'Added virtual server: 10.1.1.19:80',
      'Moving virtual server 10.1.1.19:80 from nftables to net (engine = net)',
      'Moved virtual server 10.1.1.19:80 from nftables to net',
    ]);
    t.match(await director.services(), [{ engine: 'net', state: 'starting' }]);
  },
);

t.test('and for good, where the other engine cannot take it', async (t) => {
  const { engine, nftables, director } = await leftIn(t, {}, [
    { ...moved, options: { ...OPTIONS, engine: 'ipvs' } },
  ]);
  t.strictSame(nftables.inForce(WEB), [`${A}@2`, `${B}@0`]);
  t.strictSame(engine.calls, ['left'], 'net has nothing to do');
  t.match(await director.services(), [
    { engine: 'nftables', problem: /until then nftables carries it$/ },
  ]);
});

t.test('what no service is in any more goes at once', async (t) => {
  const other = aService({ port: 81, reals: [aReal('10.1.1.23:81')] });
  for (const services of [[other], []]) {
    const { nftables, calls } = await leftIn(t, { recovered: [] }, services);
    const ids = services.map(({ id }) => ` ${id}`).join('');
    t.ok(calls.includes(`nftables recover${ids}`));
    t.strictSame(nftables.tables, [[]], 'an empty table');
  }
});

t.test('so does what its engine cannot carry any more', async (t) => {
  const { nftables, engine } = await leftIn(t, { refuses: () => 'a gate' }, [moved]);
  t.strictSame(nftables.tables, [[]]);
  t.strictSame(engine.inForce(WEB), []);
});

t.test('an engine that cannot work here gives up what it left', async (t) => {
  const { nftables, director } = await leftIn(
    t,
    { probe: async () => 'ip_forward is off' },
    [{ ...web, options: { ...OPTIONS, engine: 'auto' } }],
  );
  t.strictSame(nftables.tables, [[]], 'which would forward nowhere');
  t.match(await director.services(), [
    { engine: 'net', engineReason: 'auto: nftables: ip_forward is off' },
  ]);
});

t.test('what is left is taken down, though it takes two attempts', async (t) => {
  let defects = 1;
  const { nftables, log } = await leftIn(
    t,
    {
      apply: async (table) => {
        if (defects-- > 0) throw new Error('nft was killed');
        return table.map(carried);
      },
    },
    [],
  );
  t.strictSame(log.take(), ['engine: nft was killed']);
  await until(() => nftables.tables.length === 2);
});

t.test(
  'an engine that cannot even look is asked again at the next reload',
  async (t) => {
    let broken = true;
    const left = async () => {
      if (broken) throw new Error('spawn EMFILE');
      return true;
    };
    const { director, nftables, log } = await leftIn(t, { left }, [moved]);
    t.strictSame(nftables.tables, []);
    t.match(log.take()[0], /^No word from the engine nftables of .*: spawn EMFILE$/);
    broken = false;
    await director.apply(aConfig([moved]));
    t.strictSame(nftables.tables, [[]]);
  },
);
