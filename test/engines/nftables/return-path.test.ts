import t from 'tap';
import {
  returnForesight,
  returnPath,
} from '../../../lib/engines/nftables/return-path.ts';
import type { Engine } from '../../../lib/model/engine.ts';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { aFallback, aReal, aService, OPTIONS } from '../../support/config.ts';
import { serverAt } from '../../support/engine-rig.ts';
import {
  answer,
  asks,
  entry,
  kernelStage,
  routeBack,
  VIP,
  WEB1,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const WEB = `TCP:${VIP}:80`;
const ONE = [serverAt(WEB1, 80)];

const HERE = new Set(['10.1.1.2', '10.1.1.19', '2001:db8::2', '127.0.0.1']);

t.test('the way back is known with snat, and from servers of this host', (t) => {
  const here = aService({ reals: [aReal('10.1.1.2:80'), aReal('10.1.1.19:8080')] });
  t.equal(returnPath(here, HERE, true), 'its real servers are on this host');
  const six = aService({
    address: '2001:db8::19',
    reals: [aReal('[2001:db8:0:0::2]:80')],
  });
  t.equal(returnPath(six, HERE, true), 'its real servers are on this host');
  const home = aService({ ...here, fallback: aFallback('127.0.0.1:80') });
  t.equal(returnPath(home, HERE, true), 'its real servers are on this host');
  const away = aService({ reals: [aReal('10.1.1.2:80'), aReal('10.1.1.21:80')] });
  t.equal(returnPath(away, HERE, true), undefined);
  const last = aService({ ...here, fallback: aFallback('10.1.1.21:80') });
  t.equal(returnPath(last, HERE, true), undefined, 'the fallback counts');
  const snat = aService({ ...away, options: { ...OPTIONS, snat: true } });
  t.equal(returnPath(snat, HERE, true), 'snat is on');
  for (const service of [here, snat])
    t.equal(returnPath(service, HERE, false), undefined, 'this host does not forward');
  t.equal(returnPath(aService({ reals: [] }), HERE, true), undefined);
  t.end();
});

const NETWORKS = ['10.1.1.2/24', '10.1.1.19/32', '10.2.2.1/24', '2001:db8::2/64'];

type Foreseen = readonly [
  what: string,
  fields: Partial<VirtualService>,
  doubt: RegExp | undefined,
];

const FORESEEN: readonly Foreseen[] = [
  [
    'servers next to the virtual address',
    { reals: [aReal('10.1.1.21:80'), aReal('10.1.1.22:81'), aReal('10.2.2.7:80')] },
    /^10\.1\.1\.21:80 and 10\.1\.1\.22:81 are in the network of 10\.1\.1\.19, .*snat = yes/,
  ],
  ['servers on a network of their own', { reals: [aReal('10.2.2.7:80')] }, undefined],
  [
    'servers behind a router',
    { reals: [aReal('10.3.3.3:80'), aReal('10.2.2.7:80')] },
    /^10\.3\.3\.3:80 is in no network of this host: .*snat = yes/,
  ],
  [
    'a fallback behind one',
    { reals: [aReal('10.2.2.7:80')], fallback: aFallback('10.3.3.3:80') },
    /^10\.3\.3\.3:80 is in no network/,
  ],
  [
    'both',
    { reals: [aReal('10.1.1.21:80'), aReal('10.3.3.3:80')] },
    /^10\.1\.1\.21:80 is in the network .*; 10\.3\.3\.3:80 is in no network/,
  ],
  [
    'IPv6',
    {
      ...{ address: '2001:db8::19', family: 'inet6' },
      reals: [aReal('[2001:db8::21]:80'), aReal('[2001:db8:1::1]:80')],
    },
    /^\[2001:db8::21\]:80 is in the network of 2001:db8::19.*; \[2001:db8:1::1\]:80 is in no/,
  ],
  [
    'a firewall mark, whose clients ask for any address',
    {
      ...{ protocol: 'fwm', fwmark: 5, address: undefined, port: undefined },
      reals: [aReal('10.1.1.21:80')],
    },
    undefined,
  ],
  ['servers of this host', { reals: [aReal('10.1.1.2:80')] }, undefined],
  [
    'snat',
    { reals: [aReal('10.1.1.21:80')], options: { ...OPTIONS, snat: true } },
    undefined,
  ],
];

for (const [what, fields, doubt] of FORESEEN)
  t.test(`what looks wrong before any traffic: ${what}`, async (t) => {
    const said = returnForesight(aService(fields), HERE, NETWORKS);
    if (doubt) t.match(said, doubt);
    else t.equal(said, undefined);
  });

/** The next word of the engine on a service. */
async function outcome({ events }: Engine): Promise<unknown> {
  const { value } = await events[Symbol.asyncIterator]().next();
  return value?.type === 'outcome' ? value.outcome : value;
}

t.test(
  'with snat the servers need no way back through the director',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine({ lookMs: 100 });
    await routeBack(stage.web1, 'delete');
    const direct = entry({}, ONE);
    await engine.apply([direct]);
    t.strictSame(
      await asks(stage.client, WEB, 3),
      ['nothing', 'nothing', 'nothing'],
      'the answer comes from a stranger',
    );
    await engine.stats(); // Which reads what conntrack has.
    t.match(await outcome(engine), {
      state: 'carried',
      problem: /^no answer of 10\.1\.1\.21:80 .*snat = yes/,
    });
    t.match(await outcome(engine), { type: 'notice', message: /no answer of/ });
    await engine.apply([entry({}, ONE, { snat: true })]);
    t.match(
      await answer(stage.client, WEB),
      /^web1 .*0a01:0102/,
      "the director's address",
    );
    await routeBack(stage.web1, 'add');
    await engine.apply([direct]);
    t.equal(await answer(stage.client, WEB), 'web1 10.1.1.100');
  },
);

t.test(
  'it is told also where a change of the table brings it to light',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine({ lookMs: 60_000 });
    await routeBack(stage.web1, 'delete');
    await engine.apply([entry({}, ONE)]);
    await asks(stage.client, WEB, 3);
    await engine.stats(); // Which reads what conntrack has.
    const doubted = { state: 'carried', problem: /^no answer of 10\.1\.1\.21:80/ };
    t.match(await engine.apply([entry({ scheduler: 'wrr' }, ONE)]), [doubted]);
    t.match(await engine.apply([entry({}, ONE)]), [doubted]);
    await engine.close({ clean: true });
    const told: unknown[] = [];
    for await (const event of engine.events) told.push(event);
    const message = /^Virtual server tcp:10\.1\.1\.19:80: no answer of/;
    t.match(told, [{ type: 'notice', message }]);
    t.equal(told.length, 1, 'once');
  },
);
