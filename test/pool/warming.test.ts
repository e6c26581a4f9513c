import t from 'tap';
import type { Override } from '../../lib/model/override.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { A, B, FALLBACK, FINE, REFUSED, TWO } from '../support/pool-cast.ts';
import { type Move, play, poolRules } from '../support/pool-script.ts';
import { bad, good, maintained } from '../support/reports.ts';

const C = '10.1.1.23:80';
const options = { ...OPTIONS, slowStartMs: 30_000 };
const service = { reals: TWO, options };
const BOTH: readonly Move[] = [
  [A, good()],
  [B, good()],
];
const BACK: readonly Move[] = [...BOTH, [A, bad()], [A, good()]];
const weight = (weight: number): Override => ({
  ...{ state: 'ready', weight, by: 'me', since: '2026-11-23T13:30:07.000Z' },
});
const DRAIN: Override = { ...weight(1), state: 'drain', weight: null };

poolRules([
  {
    rule: 'a server that comes back begins with little, and each step is more, told at both ends',
    service,
    moves: [...BACK, { steps: { [A]: 5 } }, { steps: { [A]: 10 } }],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
      `Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`,
      `Resetting soft failure count: ${A} (tcp:10.1.1.19:80)`,
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
      `Warming up real server: ${A} (10.1.1.19:80) (to weight 1 within 30 s)`,
      `Warmed up real server: ${A} (10.1.1.19:80) (Weight set to 1)`,
    ],
    table: [`${A}@1`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
]);

/** `id@weight` of what is in the table at the end. */
const tables: readonly (readonly [
  what: string,
  moves: readonly Move[],
  table: readonly string[],
])[] = [
  ['at the first step it has a twentieth of its half', BACK, [`${A}@1`, `${B}@38`]],
  ['in the middle half of it', [...BACK, { steps: { [A]: 5 } }], [`${A}@3`, `${B}@8`]],
  [
    'at the last one nearly all',
    [...BACK, { steps: { [A]: 9 } }],
    [`${A}@7`, `${B}@8`],
  ],
  [
    'a step never goes back',
    [...BACK, { steps: { [A]: 5 } }, { steps: { [A]: 1 } }],
    [`${A}@3`, `${B}@8`],
  ],
  ['not at a start', BOTH, [`${A}@1`, `${B}@1`]],
  [
    'out of maintenance too',
    [...BOTH, [A, maintained()], [A, good()]],
    [`${A}@1`, `${B}@38`],
  ],
  [
    'out of maintenance by hand too',
    [
      ...BOTH,
      { of: A, override: { ...weight(1), state: 'maintenance', weight: null } },
      { of: A, override: undefined },
    ],
    [`${A}@1`, `${B}@38`],
  ],
  [
    'not after a drain by hand, which it went on through',
    [
      ...BOTH,
      { of: A, override: { ...weight(1), state: 'drain', weight: null } },
      { of: A, override: undefined },
    ],
    [`${A}@1`, `${B}@1`],
  ],
  [
    'drained on the way it has nothing, and the others all',
    [...BACK, { steps: { [A]: 5 } }, { of: A, override: DRAIN }],
    [`${A}@0`, `${B}@1`],
  ],
  [
    'drained on the way and ready again it goes on at its step',
    [
      ...BACK,
      { steps: { [A]: 5 } },
      { of: A, override: DRAIN },
      { of: A, override: undefined },
    ],
    [`${A}@3`, `${B}@8`],
  ],
  [
    'down while it is drained on the way it has all at once when it is ready',
    [
      ...BACK,
      { of: A, override: DRAIN },
      [A, bad()],
      [A, good()],
      { of: A, override: undefined },
    ],
    [`${A}@1`, `${B}@1`],
  ],
  [
    'a weight set by hand wins',
    [...BACK, { of: A, override: weight(4) }],
    [`${A}@4`, `${B}@1`],
  ],
  [
    'and one that was set before',
    [...BOTH, { of: A, override: weight(4) }, [A, bad()], [A, good()]],
    [`${A}@4`, `${B}@1`],
  ],
  [
    'not where it is the only one',
    [...BOTH, [B, bad()], [A, bad()], [A, good()]],
    [`${A}@1`],
  ],
  ['nor once it is', [...BACK, [B, bad()]], [`${A}@1`]],
  ['where it fails again it is down', [...BACK, [A, bad()]], [`${B}@1`]],
  [
    'and begins anew',
    [...BACK, { steps: { [A]: 5 } }, [A, bad()], [A, good()]],
    [`${A}@1`, `${B}@38`],
  ],
  [
    'a reload leaves it at its step',
    [
      ...BACK,
      { steps: { [A]: 5 } },
      { reload: aService({ ...service, checkinterval: 3 }) },
    ],
    [`${A}@3`, `${B}@8`],
  ],
  [
    'one that takes slow-start away ends it',
    [...BACK, { steps: { [A]: 5 } }, { reload: aService({ reals: TWO }) }],
    [`${A}@1`, `${B}@1`],
  ],
  [
    'a server that a reload brings has its share at once',
    [
      ...BOTH,
      { reload: aService({ ...service, reals: [...TWO, aReal(C)] }) },
      [C, good()],
    ],
    [`${A}@1`, `${B}@1`, `${C}@1`],
  ],
];

for (const [what, moves, table] of tables)
  t.test(what, async (t) => {
    t.strictSame(play(aService(service), moves).table, table);
  });

t.test('two that warm up have their parts, each its own', async (t) => {
  const three = aService({ reals: [...TWO, aReal(C, { weight: 2 })], options });
  const moves: readonly Move[] = [
    ...BOTH,
    [C, good()],
    [A, bad()],
    [B, bad()],
    [A, good()],
    { steps: { [A]: 5 } },
    [B, good()],
  ];
  const { table } = play(three, moves);
  const weights = table.map((text) => Number(text.split('@')[1]));
  const sum = weights.reduce((all, one) => all + one, 0);
  const parts = weights.map((one) => one / sum);
  t.ok(Math.abs((parts[0] ?? 0) - 0.55 / 4) < 0.01, `${parts}`);
  t.ok(Math.abs((parts[1] ?? 0) - 0.05 / 4) < 0.002, `${parts}`);
});

t.test('rr and lc give shares as wrr and wlc for as long', async (t) => {
  const uneven = [aReal(A, { weight: 9 }), aReal(B, { weight: 2 })];
  for (const [scheduler, stand] of [
    ['rr', 'wrr'],
    ['lc', 'wlc'],
    ['twos', 'twos'],
  ] as const) {
    const known = aService({ reals: uneven, options, scheduler });
    const warming = play(known, BACK).pool;
    t.equal(warming.entry.service.scheduler, stand);
    t.equal(warming.service.scheduler, scheduler);
    const later = play(known, [...BACK, { steps: { [A]: 10 } }]).pool;
    t.equal(later.entry.service, known, 'then it is the service of the file again');
    t.same(
      later.entry.servers.map(({ weight }) => weight),
      [9, 2],
    );
  }
  const even = play(aService({ reals: uneven, options, scheduler: 'rr' }), [
    ...BACK,
    { steps: { [A]: 5 } },
  ]);
  t.strictSame(even.table, [`${A}@3`, `${B}@8`], 'weights do not count for rr');
});

t.test('a scheduler without shares gives a server its weight at once', async (t) => {
  for (const scheduler of ['sh', 'dh', 'mh', 'fo', 'ovf']) {
    const { table, pool } = play(aService({ ...service, scheduler }), BACK);
    t.strictSame(table, [`${A}@1`, `${B}@1`], scheduler);
    t.equal(pool.warming, false);
  }
});

t.test(
  'the first one back after all were down has all, the second warms up',
  async (t) => {
    const { table, told } = play(aService({ ...service, fallback: FALLBACK }), [
      ...BOTH,
      [A, bad()],
      [B, bad()],
      [B, good()],
      [A, good()],
    ]);
    t.strictSame(table, [`${A}@1`, `${B}@38`]);
    t.equal(told.filter((line) => line.startsWith('Warming up')).length, 1);
  },
);
