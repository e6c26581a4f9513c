import t from 'tap';
import { type Candidate, chooseEngine } from '../../lib/director/choose-engine.ts';
import { omission, refusal } from '../../lib/engines/nftables/refusal.ts';
import type { EngineName, VirtualService } from '../../lib/model/virtual-service.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';

const NO_NFT = 'there is no nft here: apt-get install nftables';
const NO_IPVS = 'the kernel has no IPVS: modprobe ip_vs';
const DIRECT = 'net carries TCP only';

/** An engine that works, carries everything, and knows nothing of the way back. */
function works(fields: Partial<Candidate['engine']> = {}): Candidate {
  return { engine: { refuses: () => undefined, ...fields }, problem: undefined };
}

function lacks(problem: string): Candidate {
  return { ...works(), problem };
}

const refusing = (why: string) => works({ refuses: () => why });
const snat = works({ returnPath: () => 'snat is on' });

const auto = { ...OPTIONS, engine: 'auto' } as const;
const masq = [aReal('10.1.1.21:80'), aReal('10.1.1.22:80')];
const gate = masq.map((real) => ({ ...real, method: 'gate' as const }));
const ipip = masq.map((real) => ({ ...real, method: 'ipip' as const }));
const mixed = [...gate.slice(1), ...masq.slice(0, 1)];

type Row = readonly [
  rule: string,
  service: Partial<VirtualService>,
  candidates: Partial<Record<EngineName, Candidate>>,
  engine: EngineName,
  reason: string,
  refusal?: string,
];

const NAMED: readonly Row[] = [
  ['the default', {}, { net: works() }, 'net', 'engine = net'],
  [
    'a named engine is taken, whatever auto would say',
    { options: { ...OPTIONS, engine: 'nftables' }, scheduler: 'wlc' },
    { net: works(), nftables: works() },
    'nftables',
    'engine = nftables',
  ],
  [
    'also one that cannot work here: it says so itself, for as long as that is so',
    { options: { ...OPTIONS, engine: 'nftables' } },
    { net: works(), nftables: lacks(NO_NFT) },
    'nftables',
    'engine = nftables',
  ],
  [
    'one that refuses the service says so in its own words',
    {},
    { net: refusing(DIRECT) },
    'net',
    'engine = net',
    DIRECT,
  ],
  [
    'one that is not there names those that are',
    { options: { ...OPTIONS, engine: 'ipvs' } },
    { net: works(), nftables: works() },
    'ipvs',
    'engine = ipvs',
    'engine = ipvs: this version does not have it; set one of: net, nftables',
  ],
];

const ALL = { net: works(), nftables: snat, ipvs: works() };

const AUTO: readonly Row[] = [
  [
    'with net alone',
    { reals: gate },
    { net: works() },
    'net',
    'auto: this version has no other',
  ],
  [
    'gate goes to IPVS',
    { reals: gate, scheduler: 'wlc' },
    ALL,
    'ipvs',
    'auto: IPVS is here, and its real servers are gate or ipip',
  ],
  [
    'ipip goes to IPVS',
    { reals: ipip },
    ALL,
    'ipvs',
    'auto: IPVS is here, and its real servers are gate or ipip',
  ],
  [
    'masq goes to nftables where it is exact and the way back is known',
    { reals: masq, scheduler: 'rr' },
    ALL,
    'nftables',
    'auto: rr is exact there, and snat is on',
  ],
  [
    'one server that is masq keeps the service from IPVS',
    { reals: mixed },
    { net: works(), ipvs: works() },
    'net',
    'auto: ipvs: its real servers are not all gate or ipip',
  ],
  [
    'nor is it told to load IPVS, which would not change that',
    { reals: masq },
    { net: works(), ipvs: lacks(NO_IPVS) },
    'net',
    'auto: ipvs: its real servers are not all gate or ipip',
  ],
  [
    'no real servers, no reason for IPVS',
    { reals: [] },
    { net: works(), ipvs: works() },
    'net',
    'auto: ipvs: its real servers are not all gate or ipip',
  ],
  [
    'gate without IPVS goes to net',
    { reals: gate },
    {
      net: works(),
      nftables: refusing('gate needs IPVS'),
      ipvs: lacks(NO_IPVS),
    },
    'net',
    `auto: ipvs: ${NO_IPVS}; nftables: gate needs IPVS`,
  ],
  [
    'what nftables says it does not follow exactly goes to net',
    { reals: masq, scheduler: 'wlc' },
    {
      net: works(),
      nftables: works({
        ...snat.engine,
        inexact: ({ scheduler }) => `${scheduler} lags`,
      }),
    },
    'net',
    'auto: nftables: wlc lags',
  ],
  [
    'a way back that is not known is not relied on',
    { reals: masq },
    { net: works(), nftables: works({ returnPath: () => undefined }) },
    'net',
    'auto: nftables: its real servers may not answer through this host',
  ],
  [
    'nor that of an engine that has no idea of it',
    { reals: masq },
    { net: works(), nftables: works() },
    'net',
    'auto: nftables: its real servers may not answer through this host',
  ],
  [
    'nftables that may not work here is passed over, with its mend',
    { reals: masq },
    { net: works(), nftables: lacks(NO_NFT) },
    'net',
    `auto: nftables: ${NO_NFT}`,
  ],
  [
    'what the machine lacks for the service is why, with its mend',
    { reals: masq },
    {
      net: works(),
      nftables: works({ ...snat.engine, lacks: () => 'it does not forward IPv6' }),
    },
    'net',
    'auto: nftables: it does not forward IPv6',
  ],
  [
    'a doubted engine is better than none',
    { protocol: 'fwm', fwmark: 5, address: undefined, port: undefined, reals: masq },
    { net: refusing('no address'), nftables: works(), ipvs: lacks(NO_IPVS) },
    'nftables',
    'auto: the only one that can, but its real servers may not answer through this host',
  ],
  [
    'of two doubted ones the first counts',
    { reals: masq },
    { net: refusing('no'), nftables: works(), ipvs: works() },
    'ipvs',
    'auto: the only one that can, but its real servers are not all gate or ipip',
  ],
  [
    'none can: each says why',
    { reals: masq },
    { net: refusing('no address'), nftables: lacks(NO_NFT), ipvs: lacks(NO_IPVS) },
    'net',
    'auto: none can',
    `ipvs: ${NO_IPVS}; nftables: ${NO_NFT}; net: no address`,
  ],
];

function check(rows: readonly Row[], from: Partial<VirtualService>): void {
  for (const [rule, service, candidates, engine, reason, refusal] of rows)
    t.test(rule, async (t) => {
      const map = new Map(Object.entries(candidates)) as Map<EngineName, Candidate>;
      const choice = chooseEngine(aService({ ...from, ...service }), map);
      t.strictSame(choice, { engine, reason, refusal });
    });
}

check(NAMED, {});
check(AUTO, { options: auto });

const NAMES = [
  { name: 'www.example.com', method: 'masq', port: 80, weight: 1 },
] as const;
const byName = (place: string) => ({ ...aReal(place), from: 'www.example.com' });
const engines = new Map<EngineName, Candidate>([
  ['net', works()],
  ['nftables', works({ refuses: refusal, omits: omission, returnPath: () => 'snat' })],
  ['ipvs', works()],
]);

t.test('what a name says for now moves no service', async (t) => {
  const rows = [
    [],
    [byName('10.1.1.21:80')],
    [byName('10.1.1.21:80'), byName('127.0.0.1:80')],
    [byName('127.0.0.1:80')],
  ];
  for (const reals of rows) {
    const options = { ...auto, realsFrom: NAMES };
    t.match(chooseEngine(aService({ reals, options }), engines), {
      ...{ engine: 'nftables', reason: 'auto: wrr is exact there, and snat' },
      refusal: undefined,
    });
    const own = { ...options, engine: 'nftables' } as const;
    t.equal(
      chooseEngine(aService({ reals, options: own }), engines).refusal,
      undefined,
    );
  }
  const options = { ...auto, realsFrom: [{ ...NAMES[0], method: 'gate' as const }] };
  for (const family of ['inet', 'inet6'] as const)
    t.equal(
      chooseEngine(aService({ reals: [], family, options }), engines).engine,
      'ipvs',
      'answered or not',
    );
});
