import t from 'tap';
import { compile } from '../../../lib/engines/nftables/compile.ts';
import { KernelTable } from '../../../lib/engines/nftables/kernel-table.ts';
import { serviceName } from '../../../lib/engines/nftables/names.ts';
import { createNft, type Nft } from '../../../lib/engines/nftables/nft.ts';
import { Sources } from '../../../lib/engines/nftables/sources.ts';
import { createNetwork } from '../../lab/network.ts';
import { serverAt } from '../../support/engine-rig.ts';
import { entry } from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const SERVICES = 1000;
const SERVERS = 10;

const table = Array.from({ length: SERVICES }, (_, service) =>
  entry(
    { address: `10.2.${service >> 8}.${service & 255}`, scheduler: 'wrr' },
    Array.from({ length: SERVERS }, (_, server) =>
      serverAt(`10.3.${service % 250}.${server + 1}`, 80),
    ),
  ),
);

t.test(
  'a weight among 1,000 services of 10 is one chain of that service, and no more',
  { timeout: 300_000, ...lab('namespaces', 'nft') },
  async (t) => {
    await using network = await createNetwork();
    const { namespace } = await network.host('director');
    const real = createNft(['ip', 'netns', 'exec', namespace]);
    const sent: string[] = [];
    const nft: Nft = {
      run(commands) {
        sent.push(...commands.map((command) => JSON.stringify(command)));
        return real.run(commands);
      },
      check: real.check,
    };
    const kernel = new KernelTable(nft, 't');
    const sources = new Sources(() => ({
      active: 0,
      inactive: 0,
      opened: 0,
      silent: 0,
    }));
    const parts = new Map(
      table.map((one) => [serviceName(one.service), compile(sources.next(one))]),
    );
    const took = async (what: () => Promise<unknown>) => {
      const began = performance.now();
      await what();
      return Math.round(performance.now() - began);
    };
    t.comment(`${await took(() => kernel.force(parts))} ms for all of it`);

    const [first] = table;
    if (!first) throw new Error('a table');
    const [one, ...others] = first.servers;
    const times: number[] = [];
    for (const weight of [2, 3, 4, 5, 6]) {
      const servers = [...(one ? [{ ...one, weight }] : []), ...others];
      const source = sources.next({ ...first, servers });
      parts.set(serviceName(first.service), compile(source));
      sent.length = 0;
      times.push(await took(() => kernel.force(parts)));
    }
    t.comment(`${Math.min(...times)} ms at best for one weight`);
    const changes = sent.filter((command) => !command.startsWith('{"list"'));
    t.equal(changes.length, 4, 'flushed and filled again, and the word of it');
    for (const command of changes) t.match(command, /"tcp\/10\.2\.0\.0\/80[" ]/);

    const next = new KernelTable(nft, 't');
    sent.length = 0;
    t.comment(`${await took(() => next.read())} ms to read all of it back`);
    await next.force(parts);
    t.ok(
      sent.every((command) => command.startsWith('{"list"')),
      'and nothing is to be done',
    );
  },
);
