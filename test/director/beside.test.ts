import t from 'tap';
import type { ServiceTable } from '../../lib/model/engine.ts';
import { aConfig, aReal, aService } from '../support/config.ts';
import { aBench } from '../support/director.ts';
import { by } from '../support/moving-bench.ts';
import { recordingEngine } from '../support/recording-engine.ts';
import { bad, good } from '../support/reports.ts';

const A = '10.1.1.21:80';
const B = '10.1.1.22:80';

/** `ID: SERVER@WEIGHT ...` of each service in it. */
const told = (table: ServiceTable | undefined) =>
  table?.map(
    ({ service, servers }) =>
      `${service.id}: ${servers.map(({ id, weight }) => `${id}@${weight}`).join(' ')}`,
  );

t.test('an engine that dials is told what others carry, and each change', async (t) => {
  const net = recordingEngine({ dials: true });
  const nftables = recordingEngine();
  const bench = aBench(t, net, { nftables });
  const fields = { quiescent: true };
  const a = aService({ id: 'tcp:10.1.1.1:80', reals: [aReal(A)], ...fields });
  const b = aService({ id: 'tcp:10.1.1.2:80', reals: [aReal(B)], ...fields });

  await bench.director.apply(aConfig([by('nftables', a)]));
  bench.runner.report(A, good());
  await bench.settle();
  t.strictSame(net.tables, [], 'who carries nothing is not asked');

  await bench.director.apply(aConfig([by('nftables', a), by('net', b)]));
  await bench.settle();
  t.strictSame(told(net.besides.at(-1)), [`${a.id}: ${A}@1`]);
  bench.runner.report(A, bad());
  await bench.settle();
  t.strictSame(told(net.besides.at(-1)), [`${a.id}: ${A}@0`]);
  t.strictSame(told(net.tables.at(-1))?.length, 1);

  await bench.director.apply(aConfig([by('net', a), by('net', b)]));
  await bench.settle();
  t.strictSame(net.besides.at(-1), [], 'now it carries all itself');
  t.ok(
    nftables.besides.every((beside) => beside.length === 0),
    'the kernel dials nobody',
  );
});

t.test('another weight of what others carry is nothing to it', async (t) => {
  const net = recordingEngine({ dials: true });
  const nftables = recordingEngine();
  const bench = aBench(t, net, { nftables });
  const a = aService({ id: 'tcp:10.1.1.1:80', reals: [aReal(A)], quiescent: true });
  const b = aService({ id: 'tcp:10.1.1.2:80', reals: [aReal(B)], quiescent: true });
  await bench.director.apply(aConfig([by('nftables', a), by('net', b)]));
  bench.runner.report(A, good());
  await bench.settle();
  const before = net.tables.length;
  await bench.director.desk.change({ service: a.id, real: A }, { weight: 7 }, 'x');
  await bench.settle();
  t.strictSame(told(nftables.tables.at(-1)), [`${a.id}: ${A}@7`]);
  t.equal(net.tables.length, before);
});
