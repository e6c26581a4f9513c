import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Config } from '../../lib/config/config.ts';
import { heardStore } from '../../lib/daemon/heard-store.ts';
import { openPeering, type PeeringParties } from '../../lib/daemon/peering.ts';
import { type DrainOrder, NotPossible } from '../../lib/director/desk.ts';
import type { KeptOverride, Wish } from '../../lib/model/override.ts';
import type { PeerPlace } from '../../lib/model/peer.ts';
import { wishesFile } from '../../lib/state/wishes-file.ts';
import { aConfig, aReal } from '../support/config.ts';
import { until } from '../support/engine-rig.ts';
import { lowPort } from '../support/low-port.ts';
import { recordingLog } from '../support/recording-log.ts';

const SERVICE = 'tcp:10.1.1.19:80';
const REAL = aReal('10.1.1.21:80');

/** A director's store and desk that only remember, and its real peering. */
async function director(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'l4d-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, 'a secret of both directors\n', { mode: 0o600 });
  const wishes = join(folder, 'wishes.json');
  const log = recordingLog();
  const store = heardStore({
    of: () => new Map(),
    drains: () => [],
    keep: async () => undefined,
  });
  const changes: (Wish & { readonly by: string })[] = [];
  const drains: DrainOrder[] = [];
  const desk: PeeringParties['director']['desk'] & { held: boolean } = {
    held: false,
    has: ({ real }) => real === REAL.id,
    async change(ref, { state = 'ready', weight = null }, by) {
      if (desk.held) throw new NotPossible('an upgrade is under way');
      changes.push({ state, weight, by });
      const after = { state, weight, by, since: new Date().toISOString() };
      void store.keep([{ service: SERVICE, real: REAL, override: after }]);
      return { ...ref, before: null, after };
    },
    async drain(_, order) {
      drains.push(order);
      throw new NotPossible('nobody waits');
    },
  };
  const parties = { director: { desk }, heritages: [] };
  const peering = openPeering({ wishes }, store, parties, log);
  t.teardown(() => peering.close());
  const listen: PeerPlace = { address: '127.0.0.1', port: await lowPort() };
  const configOf = (...peers: readonly PeerPlace[]): Config => {
    const config = aConfig([]);
    return {
      ...config,
      options: { ...config.options, peer: { listen, peers, secretFile } },
    };
  };
  return {
    peering,
    store,
    desk,
    changes,
    drains,
    log,
    listen,
    configOf,
    secretFile,
    wishes,
  };
}

function byHand(
  state: 'drain' | 'ready',
  weight: number | null,
  at?: string,
): KeptOverride {
  const override = {
    state,
    weight,
    by: 'uid 0 (root)',
    since: '2026-11-26T12:00:00.000Z',
  };
  const drain = at === undefined ? undefined : { at, by: 'uid 0 (root)' };
  return { service: SERVICE, real: REAL, override, drain };
}

t.test(
  'a drain goes over with what is left of its time, and what is held waits',
  async (t) => {
    const [one, two] = [await director(t), await director(t)];
    await one.peering.begin(one.configOf(two.listen));
    await two.peering.begin(two.configOf(one.listen));
    await until(() => one.peering.status()[0]?.connected === true);
    two.desk.held = true;
    const at = new Date(Date.now() + 60_000).toISOString();
    void one.store.keep([byHand('drain', null, at)]);
    await until(() => (two.peering.status()[0]?.received ?? 0) > 0);
    t.strictSame(two.changes, []);
    two.desk.held = false;
    await until(() => two.drains.length > 0);
    t.strictSame(two.changes, [
      { state: 'drain', weight: null, by: 'uid 0 (root), at a peer' },
    ]);
    const { withinMs = 0 } = two.drains[0] ?? {};
    t.ok(withinMs > 0 && withinMs <= 60_000, `${withinMs} ms`);
    t.strictSame(one.changes, [], 'nothing comes back');
    await two.peering.close();
    t.match(JSON.parse(readFileSync(two.wishes, 'utf8')), {
      wishes: [{ real: REAL.id, isDue: false, here: 'drain as configured' }],
    });
  },
);

t.test(
  'one that is not in charge yet speaks to nobody, nor one that has stopped',
  async (t) => {
    const [one, two] = [await director(t), await director(t)];
    await two.peering.begin(two.configOf(one.listen));
    const config = one.configOf(two.listen);
    await one.peering.follow(config, aConfig([]));
    t.strictSame(one.peering.status(), []);
    await one.peering.begin(config);
    t.equal(one.peering.status().length, 1);
    await one.peering.follow(aConfig([]), config);
    t.strictSame(one.peering.status(), []);
    await one.peering.follow(config, aConfig([]));
    one.peering.stop();
    await one.peering.follow(config, config);
    t.strictSame(one.peering.status(), []);
  },
);

t.test('without a secret peers are told nothing, and the log says why', async (t) => {
  const one = await director(t);
  writeFileSync(one.secretFile, 'short\n');
  await one.peering.begin(one.configOf());
  t.match(one.log.lines, [
    /^Peers are told nothing: .*: a secret of fewer than 16 bytes/,
  ]);
  t.notMatch(one.log.lines.join(), /short/);
});

t.test(
  'a reload that cannot read the secret leaves two that speak as they were',
  async (t) => {
    const [one, two] = [await director(t), await director(t)];
    const config = one.configOf(two.listen);
    await one.peering.begin(config);
    await two.peering.begin(two.configOf(one.listen));
    const isWhole = () => {
      const [peer] = one.peering.status();
      return peer?.connected === true && peer.heard;
    };
    await until(isWhole);
    const before = one.peering.status();
    chmodSync(one.secretFile, 0o640);
    await one.peering.follow(config, config);
    t.ok(one.log.lines.some((line) => /^Peers stay as they were: .*0640/.test(line)));
    t.strictSame(one.peering.status(), before);

    writeFileSync(one.secretFile, 'another secret, of one alone\n');
    chmodSync(one.secretFile, 0o600);
    await one.peering.follow(config, config);
    await until(() => !isWhole());
    writeFileSync(one.secretFile, 'a secret of both directors\n');
    await one.peering.follow(config, config);
    await until(isWhole);
  },
);

t.test('where the config has no peers nothing is read or written', async (t) => {
  const one = await director(t);
  await one.peering.begin(aConfig([]));
  void one.store.keep([byHand('ready', 5)]);
  await one.peering.close();
  t.throws(() => readFileSync(one.wishes), { code: 'ENOENT' });
});

t.test(
  'what a damaged state file has lost is in force again, here and there',
  async (t) => {
    const [one, two] = [await director(t), await director(t)];
    await wishesFile(one.wishes, one.log).write({
      origin: 'a'.repeat(16),
      wishes: [
        {
          ...{ service: SERVICE, real: REAL.id, count: 5, origin: 'a'.repeat(16) },
          ...{ here: 'maintenance as configured', isDue: false },
          wish: { state: 'maintenance', weight: null, by: 'uid 0 (root)' },
        },
      ],
    });
    await one.peering.begin(one.configOf(two.listen));
    await two.peering.begin(two.configOf(one.listen));
    await until(() => one.changes.length > 0 && two.changes.length > 0);
    const change = { state: 'maintenance', weight: null, by: 'uid 0 (root)' };
    t.strictSame(one.changes, [change]);
    t.strictSame(two.changes, [{ ...change, by: 'uid 0 (root), at a peer' }]);
  },
);
