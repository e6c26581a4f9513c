import t from 'tap';
import type { Override } from '../../lib/model/override.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { stepAside } from '../../lib/pool/step-aside.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { A, B, FALLBACK, FINE, REFUSED, TWO } from '../support/pool-cast.ts';
import { type Move, play, poolRules } from '../support/pool-script.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const S1 = '10.1.1.31:80';
const S2 = '10.1.1.32:80';
const F1 = '10.1.1.41:80';
const F2 = '10.1.1.42:80';
const spare = (place: string, weight = 1) => aReal(place, { weight, role: 'spare' });
const spares = [spare(S1), spare(S2, 3)];
const fallbacks = [F1, F2].map((place, row) =>
  aReal(place, { weight: row + 1, role: 'fallback' }),
);
const reals = [...TWO, ...spares, ...fallbacks];
const LABEL = '(10.1.1.19:80)';

const up = (...places: readonly string[]): readonly Move[] =>
  places.map((place) => [place, good()]);
const fail = (...places: readonly string[]): readonly Move[] =>
  places.map((place) => [place, bad()]);
const by = { by: 'me', since: '2026-11-23T13:30:07.000Z' };
const hand = (of: string, override?: Partial<Override>): Move => ({
  of,
  override: override && { state: 'ready', weight: null, ...by, ...override },
});
const ALL = up(A, B, S1, S2, F1, F2);
const quiescent = { quiescent: true };

poolRules([
  {
    rule: 'a spare steps in for a server that is down, and out when that is back',
    service: { reals: [...TWO, spare(S1)], ...quiescent },
    moves: [...up(A, B, S1), ...fail(A), ...up(A)],
    told: [
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} ${LABEL} (Weight set to 1) ${FINE}`,
      `Quiescent real server: ${A} ${LABEL} (Weight set to 0) ${REFUSED}`,
      `Added spare server: ${S1} ${LABEL} (Weight set to 1)`,
      `Resetting soft failure count: ${A} (tcp:10.1.1.19:80)`,
      `Restored real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
      `Quiescent spare server: ${S1} ${LABEL} (Weight set to 0)`,
    ],
    table: [`${A}@1`, `${B}@1`, `${S1}@0`],
    states: [`${A} up`, `${B} up`, `${S1} up`],
  },
  {
    rule: 'a spare that is in and fails leaves, and the next one comes',
    service: { reals: [...TWO, ...spares] },
    moves: [...up(A, B, S1, S2), ...fail(A, S1)],
    told: [
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} ${LABEL} (Weight set to 1) ${FINE}`,
      `Deleted real server: ${A} ${LABEL} ${REFUSED}`,
      `Added spare server: ${S1} ${LABEL} (Weight set to 1)`,
      `Not ready spare server: ${S1} ${LABEL} (it is down) ${REFUSED}`,
      `Deleted spare server: ${S1} ${LABEL}`,
      `Added spare server: ${S2} ${LABEL} (Weight set to 3)`,
    ],
    table: [`${B}@1`, `${S2}@3`],
    states: [`${A} down`, `${B} up`, `${S1} down`, `${S2} up`],
  },
  {
    rule: 'a spare that stands by and fails is told of, and that it is good again',
    service: { reals: [...TWO, spare(S1)] },
    moves: [
      ...up(A, B, S1),
      ...fail(S1),
      ...up(S1),
      hand(S1, { state: 'maintenance' }),
      hand(S1),
    ],
    told: [
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} ${LABEL} (Weight set to 1) ${FINE}`,
      `Not ready spare server: ${S1} ${LABEL} (it is down) ${REFUSED}`,
      `Resetting soft failure count: ${S1} (tcp:10.1.1.19:80)`,
      `Ready spare server: ${S1} ${LABEL} (it is up) ${FINE}`,
      `Not ready spare server: ${S1} ${LABEL} (it is in maintenance)`,
      `Ready spare server: ${S1} ${LABEL} (it is up) ${FINE}`,
    ],
    table: [`${A}@1`, `${B}@1`],
    states: [`${A} up`, `${B} up`, `${S1} up`],
  },
  {
    rule: 'listed fallbacks serve while nobody else is up, and the one of the config when they are not either',
    service: { reals: [aReal(A), ...fallbacks], fallback: FALLBACK },
    moves: [...fail(A), ...up(F1, F2), ...fail(F1, F2), ...up(A)],
    told: [
      `Deleted real server: ${A} ${LABEL} ${REFUSED}`,
      `Added fallback server: ${F1} ${LABEL} (Weight set to 1)`,
      `Added fallback server: ${F2} ${LABEL} (Weight set to 2)`,
      'fallbackcommand start',
      `Not ready fallback server: ${F1} ${LABEL} (it is down) ${REFUSED}`,
      `Deleted fallback server: ${F1} ${LABEL}`,
      `Not ready fallback server: ${F2} ${LABEL} (it is down) ${REFUSED}`,
      `Deleted fallback server: ${F2} ${LABEL}`,
      `Added fallback server: 127.0.0.1:80 ${LABEL} (Weight set to 1)`,
      `Added real server: ${A} ${LABEL} (Weight set to 1) ${FINE}`,
      `Deleted fallback server: 127.0.0.1:80 ${LABEL}`,
      'fallbackcommand stop',
    ],
    table: [`${A}@1`],
    states: [`${A} up`, `${F1} down`, `${F2} down`],
  },
]);

const slow = { ...OPTIONS, slowStartMs: 30_000 };
const half = { ...OPTIONS, panicThreshold: 50 };

const tables: readonly (readonly [
  what: string,
  service: Partial<VirtualService>,
  moves: readonly Move[],
  table: readonly string[],
])[] = [
  ['no spare is in while all are up', {}, ALL, [`${A}@1`, `${B}@1`]],
  [
    'one for each, in the order of the list, with its own weight',
    {},
    [...ALL, ...fail(B, A)],
    [`${S1}@1`, `${S2}@3`],
  ],
  [
    'the last that came goes first',
    quiescent,
    [...ALL, ...fail(S1, A), ...up(S1), ...fail(B), ...up(A)],
    [`${A}@1`, `${B}@0`, `${S1}@0`, `${S2}@3`],
  ],
  [
    'a spare that is good again does not drive away who came for it',
    {},
    [...ALL, ...fail(A, S1), ...up(S1)],
    [`${B}@1`, `${S2}@3`],
  ],
  [
    'a spare comes for a server that is drained by hand',
    {},
    [...ALL, hand(A, { state: 'drain' })],
    [`${A}@0`, `${B}@1`, `${S1}@1`],
  ],
  [
    'for one at weight 0 by hand',
    {},
    [...ALL, hand(A, { weight: 0 })],
    [`${A}@0`, `${B}@1`, `${S1}@1`],
  ],
  [
    'for one in maintenance, by hand and by its folder',
    {},
    [...ALL, hand(A, { state: 'maintenance' }), [B, maintained()]],
    [`${S1}@1`, `${S2}@3`],
  ],
  [
    'for one whose agent drains it',
    { options: { ...OPTIONS, agentPort: 9990 } },
    [...ALL, { of: A, words: { state: 'drain' } }],
    [`${A}@0`, `${B}@1`, `${S1}@1`],
  ],
  [
    'for one at which connections of clients fail',
    {},
    [...ALL, { of: A, ejected: { failures: 5, windowMs: 1, reason: '', holdMs: 1 } }],
    [`${B}@1`, `${S1}@1`],
  ],
  [
    'none for a server that has weight 0 in the file',
    { reals: [aReal(A, { weight: 0 }), aReal(B), ...spares] },
    [...ALL, ...fail(A)],
    [`${B}@1`],
  ],
  ['none before a server had its first report', {}, up(S1, S2, A), [`${A}@1`]],
  [
    'a spare that is drained by hand leaves, and the next one comes',
    {},
    [...ALL, ...fail(A), hand(S1, { state: 'drain' })],
    [`${B}@1`, `${S1}@0`, `${S2}@3`],
  ],
  [
    'a weight set by hand holds for a spare',
    {},
    [...ALL, hand(S1, { weight: 7 }), ...fail(A)],
    [`${B}@1`, `${S1}@7`],
  ],
  [
    'spares keep the fallbacks away',
    { fallback: FALLBACK },
    [...ALL, ...fail(A, B, S1)],
    [`${S2}@3`],
  ],
  [
    'fallbacks share by weight when no spare is up',
    { fallback: FALLBACK },
    [...ALL, ...fail(A, B, S1, S2)],
    [`${F1}@1`, `${F2}@2`],
  ],
  [
    'they leave as after a drain when a spare is up',
    quiescent,
    [...ALL, ...fail(A, B, S1, S2), ...up(S2)],
    [`${A}@0`, `${B}@0`, `${S1}@0`, `${S2}@3`, `${F1}@0`, `${F2}@0`],
  ],
  ['nobody serves when all are down', {}, [...ALL, ...fail(A, B, S1, S2, F1, F2)], []],
  [
    'a server that only warms up keeps its spare',
    { reals: [...TWO, ...spares], options: slow },
    [...ALL, ...fail(A), ...up(A)],
    [`${A}@1`, `${B}@29`, `${S1}@29`],
  ],
  [
    'until it has its whole share',
    { reals: [...TWO, ...spares], options: slow },
    [...ALL, ...fail(A), ...up(A), { steps: { [A]: 10 } }],
    [`${A}@1`, `${B}@1`, `${S1}@0`],
  ],
  [
    'a spare itself has all of its share at once',
    { reals: [...TWO, ...spares], options: slow },
    [...ALL, ...fail(S1, S2, A), ...up(S2)],
    [`${B}@1`, `${S2}@3`],
  ],
  [
    'beside a fallback that leaves nobody warms up',
    { reals: [aReal(A), ...fallbacks], options: slow },
    [...up(A, F1, F2), ...fail(A), ...up(A)],
    [`${A}@1`, `${F1}@0`, `${F2}@0`],
  ],
  [
    'who is kept in a panic has no spare',
    { options: half },
    [...ALL, ...fail(A, B)],
    [`${B}@1`, `${S1}@1`],
  ],
  [
    'and the reserve counts in none',
    { options: half },
    [...ALL, ...fail(S1, S2, F1, F2, A, B)],
    [`${B}@1`],
  ],
];

for (const [what, service, moves, table] of tables)
  t.test(what, async (t) => {
    const played = play(aService({ reals, ...service }), moves);
    t.strictSame(played.table, table);
  });

t.test('one that is empty leaves the table, and not if it is in again', async (t) => {
  const service = aService({ reals, ...quiescent });
  const { pool } = play(service, [...ALL, ...fail(A), ...up(A)]);
  const gone = stepAside(pool, S1, NOON).pool;
  t.strictSame(idsOf(gone.entry.servers), [`${A}@1`, `${B}@1`]);
  const again = play(service, [...ALL, ...fail(A), ...up(A), ...fail(B)]).pool;
  t.equal(stepAside(again, S1, NOON).pool, again);
  t.equal(stepAside(again, 'none', NOON).pool, again);
});

t.test('a restart leaves in who was in, until all is known', async (t) => {
  const service = aService({ reals, ...quiescent });
  const found = [
    { id: A, weight: 0 },
    { id: B, weight: 1 },
    { id: S2, weight: 3 },
    { id: S1, weight: 0 },
  ];
  const after = (...moves: readonly Move[]) => play(service, moves, 'checked', found);
  const left = [`${A}@0`, `${B}@1`, `${S1}@0`, `${S2}@3`];
  t.strictSame(after().table, left);
  t.strictSame(after(...up(S2, S1)).table, left, 'the spares are known first');
  t.strictSame(after(...up(S2, S1), ...fail(A)).table, left, 'then who is down');
  t.strictSame(after(...up(A)).table, [`${A}@1`, `${B}@1`, `${S1}@0`, `${S2}@0`]);
});

t.test('a restart leaves listed fallbacks in until the service is known', async (t) => {
  const service = aService({ reals: [...TWO, ...fallbacks] });
  const found = [{ id: F1, weight: 1 }];
  const after = (...moves: readonly Move[]) => play(service, moves, 'checked', found);
  t.strictSame(after(...up(F1, F2)).table, [`${F1}@1`]);
  t.strictSame(after(...up(F1, F2), ...fail(A, B)).table, [`${F1}@1`, `${F2}@2`]);
  t.strictSame(after(...up(A)).table, [`${A}@1`, `${F1}@0`]);
});

t.test('a reload makes a spare of a server, and a server of a spare', async (t) => {
  const before = aService({ reals: [...TWO, spare(S1)] });
  const swapped = aService({
    reals: [aReal(A), aReal(S1), aReal(B, { role: 'spare' })],
  });
  const played = play(before, [...up(A, B, S1), { reload: swapped }]);
  t.strictSame(played.table, [`${A}@1`, `${S1}@1`, `${B}@0`]);
  t.match(played.told.at(-1), `Quiescent spare server: ${B}`);
  const less = aService({ reals: TWO });
  const gone = play(before, [...up(A, B, S1), ...fail(A), { reload: less }]);
  t.strictSame(gone.table, [`${B}@1`]);
  t.match(gone.told.at(-1), `Purged spare server (start): ${S1}`);
});

function idsOf(servers: readonly { readonly id: string; readonly weight: number }[]) {
  return servers.map(({ id, weight }) => `${id}@${weight}`);
}
