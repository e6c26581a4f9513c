import t from 'tap';
import type { ServiceOutcome } from '../../lib/model/engine.ts';
import { aConfig } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { A, at, by } from '../support/moving-bench.ts';
import { carried, recordingEngine } from '../support/recording-engine.ts';
import { bad, good } from '../support/reports.ts';

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

t.test('an engine that refuses it never gets it', async (t) => {
  const why = 'it has no rule for that';
  const lacking = recordingEngine({ refuses: () => why });
  const { director, engine, log, runner, settle } = aBench(t, undefined, {
    nftables: lacking,
  });
  await director.apply(aConfig([by('net')]));
  runner.report(A, good());
  await settle();
  log.take();
  await director.apply(aConfig([by('nftables')]));
  t.strictSame(log.take(), [
    'Cannot move virtual server 10.1.1.19:80 from net to nftables: it has no rule for that',
  ]);
  t.strictSame(engine.inForce(WEB), [`${A}@1`]);
  t.strictSame(lacking.calls, ['left', 'left'], 'asked, and told nothing');
  const problem = `${why}; until then net carries it`;
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
