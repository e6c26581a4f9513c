import t from 'tap';
import { aConfig, aReal, aService } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { A, B, LEFT, web } from '../support/left-in-nftables.ts';
import { recordingEngine } from '../support/recording-engine.ts';
import { bad, good } from '../support/reports.ts';

t.test('what is in force is asked for once, before the first table', async (t) => {
  const nftables = recordingEngine({ recovered: LEFT });
  const { director, engine } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  const plain = aService({ port: 81, reals: [aReal('10.1.1.23:81')] });
  await director.apply(aConfig([web, plain]));
  t.strictSame(nftables.calls.slice(0, 3), ['left', `recover ${WEB}`, `apply ${WEB}`]);
  t.equal(nftables.calls.filter((call) => /^recover/.test(call)).length, 1);
  t.strictSame(
    engine.calls.slice(0, 4),
    ['left', 'left', `recover ${plain.id}`, `apply ${plain.id}`],
    'net: when it is to carry something',
  );
});

t.test('the first table is what is in force, until checks say otherwise', async (t) => {
  const nftables = recordingEngine({ recovered: LEFT });
  const { director, runner, log, settle } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  const [first] = nftables.tables;
  t.match(first, [
    {
      servers: [
        { id: A, weight: 2 },
        { id: B, weight: 0 },
      ],
    },
  ]);
  t.strictSame(director.starting(), [WEB]);
  t.match(await director.services(), [
    {
      state: 'starting',
      fallbackActive: false,
      reals: [
        { state: 'starting', weight: 2, inForce: true },
        { state: 'starting', weight: 0, inForce: true },
        { fallback: true, inForce: false },
      ],
    },
  ]);
  log.take();
  runner.report(A, bad());
  await settle();
  t.strictSame(nftables.inForce(WEB), [`${A}@0`, `${B}@0`], 'no fallback yet');
  runner.report(B, good());
  await settle();
  t.strictSame(nftables.inForce(WEB), [`${A}@0`, `${B}@1`]);
  t.strictSame(director.starting(), []);
  t.match(log.take(), [/^Quiescent real server: /, /^Restored real server: /]);
});

t.test('an engine that cannot tell has found nothing', async (t) => {
  const nftables = recordingEngine({
    recover: async () => {
      throw new Error('nft was killed');
    },
  });
  const { director, log } = aBench(t, undefined, { nftables });
  await director.apply(aConfig([web]));
  t.strictSame(nftables.inForce(WEB), []);
  t.match(log.lines, [
    /^No word from the engine nftables of what is in force: nft was killed$/,
    /^Added/,
    /^Engine/,
  ]);
});
