import t, { type Test } from 'tap';
import { compile } from '../../../lib/engines/nftables/compile.ts';
import { KernelTable } from '../../../lib/engines/nftables/kernel-table.ts';
import { serviceName } from '../../../lib/engines/nftables/names.ts';
import { createNft, type Nft } from '../../../lib/engines/nftables/nft.ts';
import { rewriting } from '../../../lib/engines/nftables/script.ts';
import { Sources } from '../../../lib/engines/nftables/sources.ts';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { createNetwork } from '../../lab/network.ts';
import { serverAt } from '../../support/engine-rig.ts';
import { entry } from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = { timeout: 300_000, ...lab('namespaces', 'nft') };
const SERVERS = 10;

function large(services: number, fields: Partial<VirtualService> = {}) {
  return Array.from({ length: services }, (_, service) =>
    entry(
      { address: `10.2.${service >> 8}.${service & 255}`, scheduler: 'wrr', ...fields },
      Array.from({ length: SERVERS }, (_, server) =>
        serverAt(`10.3.${service % 250}.${server + 1}`, 80),
      ),
    ),
  );
}

/** An nft in a namespace of its own, and what it is given: scripts as they are, of JSON the commands. */
async function hearing(namespace: string) {
  const real = createNft(['ip', 'netns', 'exec', namespace]);
  const sent: string[] = [];
  const nft: Nft = {
    run(commands) {
      sent.push(...commands.map((command) => JSON.stringify(command)));
      return real.run(commands);
    },
    rewrite(table, chains) {
      if (chains.ruled.size > 0) sent.push(rewriting(table, chains));
      return real.rewrite(table, chains);
    },
    list(commands, listener) {
      sent.push(JSON.stringify(commands));
      return real.list(commands, listener);
    },
    check: real.check,
  };
  return { nft, sent };
}

async function took(what: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await what();
  return Math.round(performance.now() - began);
}

/** Sets weights of the first service's first server one after the other, and then reads all back. */
async function weigh(t: Test, table: ReturnType<typeof large>): Promise<string[]> {
  await using network = await createNetwork();
  const { namespace } = await network.host('director');
  const { nft, sent } = await hearing(namespace);
  const kernel = new KernelTable(nft, 't');
  const sources = new Sources(() => ({ active: 0, inactive: 0, opened: 0, silent: 0 }));
  const parts = new Map(
    table.map((one) => [serviceName(one.service), compile(sources.next(one))]),
  );
  t.comment(`${await took(() => kernel.force(parts))} ms for all of it`);
  sent.length = 0;
  const [first] = table;
  if (!first) throw new Error('a table');
  const times: number[] = [];
  for (const weight of [2, 3, 4, 5, 6]) {
    const servers = first.servers.map((one, row) => (row ? one : { ...one, weight }));
    parts.set(serviceName(first.service), compile(sources.next({ ...first, servers })));
    times.push(await took(() => kernel.force(parts)));
  }
  t.comment(`${times.sort((a, b) => a - b).join(', ')} ms for one weight each`);
  const scripts = sent.splice(0);
  const next = new KernelTable(nft, 't');
  t.comment(`${await took(() => next.read())} ms to read all of it back`);
  await next.force(parts);
  t.strictSame(
    sent,
    ['[{"list":{"table":{"family":"inet","name":"t"}}}]'],
    'and nothing is to be done',
  );
  return scripts;
}

/** `flush chain tcp/10.2.0.0/80`, a line each of what a script does to things by name. */
function deeds(script: string): string[] {
  return [...script.matchAll(/^(\w+ \w+) inet t (\S+)/gm)].map(
    ([, deed, name]) => `${deed} ${name}`,
  );
}

const OWN = 'tcp/10.2.0.0/80';
const TWO_CHAINS = [OWN, `${OWN}/weights`].flatMap((chain) => [
  `flush chain ${chain}`,
  `add chain ${chain}`,
]);

t.test('a weight among 1,000 services of 10 is two chains of one', NEEDS, async (t) => {
  const scripts = await weigh(t, large(1000));
  t.equal(scripts.length, 5, 'a transaction each');
  for (const script of scripts) {
    t.strictSame(deeds(script), TWO_CHAINS);
    t.equal(script.match(/ comment /g)?.length, 2 + SERVERS, 'with their rules');
  }
});

t.test('so it is where clients persist, with sets that stay', NEEDS, async (t) => {
  const scripts = await weigh(t, large(100, { persistent: 300 }));
  t.equal(scripts.length, 5, 'a transaction each');
  const sets = Array.from({ length: SERVERS }, (_, at) => `${OWN}/10.3.0.${at + 1}/80`);
  for (const script of scripts)
    t.strictSame(deeds(script), [
      ...sets.map((set) => `add set ${set}`),
      ...TWO_CHAINS,
    ]);
});
