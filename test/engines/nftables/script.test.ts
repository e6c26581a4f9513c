import t from 'tap';
import { NftError } from '../../../lib/engines/nft-program.ts';
import { compile } from '../../../lib/engines/nftables/compile.ts';
import { KernelTable } from '../../../lib/engines/nftables/kernel-table.ts';
import { serviceName } from '../../../lib/engines/nftables/names.ts';
import { createNft, type Nft } from '../../../lib/engines/nftables/nft.ts';
import type { Parts } from '../../../lib/engines/nftables/part.ts';
import { rewriting } from '../../../lib/engines/nftables/script.ts';
import { Sources } from '../../../lib/engines/nftables/sources.ts';
import type { ServiceEntry } from '../../../lib/model/engine.ts';
import { createNetwork } from '../../lab/network.ts';
import { serverAt } from '../../support/engine-rig.ts';
import { entry } from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(120_000);
const FOUR = ['10.1.1.21', '10.1.1.22', '10.1.1.23'];
const SIX = ['2001:db8::21', '2001:db8::22', '2001:db8::23'];
const VIP6 = '2001:db8::19';
const MARK = { protocol: 'fwm', address: undefined, port: undefined } as const;
const MARK6 = { ...MARK, fwmark: 6, family: 'inet6' } as const;

const at = (addresses: readonly string[], ...ports: readonly number[]) =>
  addresses.map((address, index) =>
    serverAt(address, ports[index] ?? ports[0] ?? 80, { weight: 1 }),
  );

/** One of each kind of rules; no two are one service. */
const KINDS: Readonly<Record<string, ServiceEntry>> = {
  'by weight': entry({ port: 1, scheduler: 'wrr' }, at(FOUR, 1)),
  'to another port': entry({ port: 2, scheduler: 'wrr' }, at(FOUR, 8080)),
  'to different ports': entry({ port: 3, scheduler: 'wrr' }, at(FOUR, 1, 2, 3)),
  'to one server': entry({ port: 4, scheduler: 'wrr' }, at(FOUR, 8080)),
  drawn: entry({ port: 5, scheduler: 'random' }, at(FOUR, 5)),
  'by source': entry({ port: 6, scheduler: 'sh' }, at(FOUR, 6)),
  'by source and port': entry(
    { port: 7, scheduler: 'mh', schedflags: 'mh-port' },
    at(FOUR, 7),
  ),
  'by destination': entry({ port: 8, scheduler: 'dh' }, at(FOUR, 8)),
  'of UDP': entry({ port: 9, protocol: 'udp', scheduler: 'wrr' }, at(FOUR, 9)),
  'of every port': entry({ port: 0, scheduler: 'wrr' }, at(FOUR, 0)),
  persisting: entry({ port: 10, persistent: 300, scheduler: 'wrr' }, at(FOUR, 1, 2)),
  'persisting by networks': entry(
    { port: 11, persistent: 300, netmask: '255.255.255.0' },
    at(FOUR, 11),
  ),
  'by mark': entry({ ...MARK, fwmark: 5, scheduler: 'wrr' }, at(FOUR, 0)),
  'by mark to a port': entry({ ...MARK, fwmark: 7, scheduler: 'wrr' }, at(FOUR, 80)),
  'by mark, persisting': entry({ ...MARK, fwmark: 8, persistent: 60 }, at(FOUR, 80)),
  'by mark in IPv6': entry({ ...MARK6, scheduler: 'wrr' }, at(SIX, 80)),
  'of IPv6': entry({ address: VIP6, port: 12, scheduler: 'wrr' }, at(SIX, 12)),
  'of IPv6 to another port': entry(
    { address: VIP6, port: 13, scheduler: 'wrr' },
    at(SIX, 8080),
  ),
  'of IPv6 to one server': entry(
    { address: VIP6, port: 14, scheduler: 'wrr' },
    at(SIX, 8080),
  ),
  'of IPv6, persisting by networks': entry(
    { address: VIP6, port: 15, persistent: 60, netmask: '48' },
    at(SIX, 15, 16),
  ),
};

/** As it is with the first server quiesced, and where there was one only without it. */
function quiesced({ service, servers }: ServiceEntry, name: string): ServiceEntry {
  const out = name.endsWith('to one server') ? [0, 1] : [0];
  return {
    service,
    servers: servers.map((one, index) => ({
      ...one,
      weight: out.includes(index) ? 0 : 2 + index,
    })),
  };
}

function partsOf(entries: readonly ServiceEntry[]): Parts {
  const sources = new Sources(() => ({ active: 0, inactive: 0, opened: 0, silent: 0 }));
  return new Map(
    entries.map((one) => [serviceName(one.service), compile(sources.next(one))]),
  );
}

t.test(
  'a chain that is rewritten holds what it would if it were made by JSON',
  { ...lab('namespaces', 'nft') },
  async (t) => {
    await using network = await createNetwork();
    const director = await network.host('director');
    const nft = createNft(['ip', 'netns', 'exec', director.namespace]);
    const scripts: string[] = [];
    const heard: Nft = {
      ...nft,
      run(commands) {
        scripts.push('JSON');
        return nft.run(commands);
      },
      rewrite(table, chains) {
        scripts.push(rewriting(table, chains));
        return nft.rewrite(table, chains);
      },
    };
    const after = partsOf(
      Object.entries(KINDS).map(([name, one]) => quiesced(one, name)),
    );
    t.equal(after.size, Object.keys(KINDS).length);
    const rewritten = new KernelTable(heard, 't');
    await rewritten.force(partsOf(Object.values(KINDS)));
    scripts.length = 0;
    await rewritten.force(after);
    t.equal(scripts.length, 1);
    t.match(scripts[0], /^add set /);
    const listed = () => director.run('nft', '-s', 'list', 'table', 'inet', 't');
    const found = await listed();
    await rewritten.remove();
    await new KernelTable(nft, 't').force(after);
    t.equal(found, await listed());
  },
);

t.test('what has no words is not sent', (t) => {
  const used = new Map();
  const expr = [{ log: { prefix: 'x' } }];
  t.throws(
    () => rewriting('t', { ruled: new Map([['c', [{ expr, comment: 'x' }]]]), used }),
    RangeError,
  );
  t.end();
});

t.test('where nft refuses that form, it is said in JSON', async (t) => {
  const [one] = Object.entries(KINDS);
  if (!one) throw new Error('a service');
  const said: string[] = [];
  const nft: Nft = {
    async run(commands) {
      said.push(...commands.flatMap(Object.keys));
    },
    async rewrite() {
      said.push('script');
      throw new NftError('refused', 'syntax error');
    },
    async list() {
      throw new NftError('refused', 'No such file or directory');
    },
    async check() {},
  };
  const kernel = new KernelTable(nft, 't');
  await kernel.force(partsOf([one[1]]));
  said.length = 0;
  await kernel.force(partsOf([quiesced(one[1], one[0])]));
  t.strictSame(said.slice(0, 3), ['script', 'flush', 'add']);
  t.notOk(said.includes('delete'), 'and the table stays');
  nft.rewrite = async () => {
    throw new NftError('forbidden', 'not now');
  };
  said.length = 0;
  await kernel.force(partsOf([one[1]]));
  t.strictSame(said.slice(0, 3), ['add', 'delete', 'add'], 'else it begins anew');
});
