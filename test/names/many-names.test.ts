import t from 'tap';
import { NameKeeper } from '../../lib/names/keeper.ts';
import type { Question } from '../../lib/names/question.ts';
import { aConfig, aService, OPTIONS } from '../support/config.ts';
import { recordingLog } from '../support/recording-log.ts';
import { until } from '../support/site.ts';

const NAMES = 300;

/** As long as a turn of the keeper at least. */
const TURN_MS = 20;

t.test('many answers cost what one does', async (t) => {
  let asks = 0;
  let round = 1;
  let changes = 0;
  // One after the other, as from a network.
  const ask = async ({ name }: Question) => {
    await new Promise((go) => setTimeout(go, (asks++ % NAMES) / 2));
    const records = [{ address: `10.${round}.${name.length}.1` }];
    // All are asked before the first is asked again.
    return { records, ttlMs: round === 1 ? 3_000 : 500, empty: undefined };
  };
  const parties = { learned: () => {}, log: recordingLog(), random: () => 0 };
  const keeper = new NameKeeper(
    {
      ...{ ...parties, asker: { ask }, changed: () => void changes++ },
      now: () => performance.now(),
    },
    [],
  );
  t.teardown(() => keeper[Symbol.dispose]());
  const realsFrom = Array.from({ length: NAMES }, (_, n) => ({
    name: `www${n}.example.com`,
    ...({ method: 'masq', port: 80, weight: 1 } as const),
  }));
  const plain = aConfig([aService({ options: { ...OPTIONS, realsFrom } })]);
  const dns = {
    ...plain.options.dns,
    minTtlMs: 500,
    maxTtlMs: 3_000,
    holdMs: undefined,
  };
  let walks = 0;
  const counted = {
    ...plain,
    options: { ...plain.options, dns },
    get virtuals() {
      walks++;
      return plain.virtuals;
    },
  };
  await keeper.follow(counted, 60_000);
  t.equal(asks, NAMES);
  t.ok(walks < 20, `the config was walked through ${walks} times`);
  round = 2;
  const began = performance.now();
  await until(
    () =>
      keeper.current?.virtuals[0]?.reals.every(({ id }) => id.startsWith('10.2.')) ===
      true,
    'the other servers',
  );
  const turns = Math.ceil((performance.now() - began) / TURN_MS) + 1;
  t.ok(changes >= 1 && changes <= turns, `${changes} in ${turns} turns`);
});
