import fc from 'fast-check';
import t from 'tap';
import type { Override } from '../../lib/model/override.ts';
import { configure } from '../../lib/pool/configure.ts';
import { setOverride } from '../../lib/pool/override.ts';
import type { Pool } from '../../lib/pool/pool.ts';
import { stepAside } from '../../lib/pool/step-aside.ts';
import { takeReport } from '../../lib/pool/take-report.ts';
import { aReal, aService } from '../support/config.ts';
import { bad, good, NOON } from '../support/reports.ts';

type What = 'good' | 'bad' | 'drain' | 'ready' | 'empty';
interface Move {
  readonly of: number;
  readonly what: What;
}

const DRAIN: Override = {
  ...{ state: 'drain', weight: null, by: 'me', since: new Date(NOON).toISOString() },
};
const ROLES = { real: undefined, spare: 'spare', fallback: 'fallback' } as const;

const anyTeam = fc.record({
  real: fc.integer({ min: 1, max: 4 }),
  spare: fc.nat(3),
  fallback: fc.nat(2),
  quiescent: fc.boolean(),
});
const anyMoves = fc.array(
  fc.record({
    of: fc.nat(8),
    what: fc.constantFrom<What>(
      'good',
      'good',
      'bad',
      'bad',
      'drain',
      'ready',
      'empty',
    ),
  }),
  { maxLength: 40 },
);

const idOf = (row: number) => `10.1.1.${21 + row}:80`;

/** A service of so many of each; nobody has had a report. */
function starting({ quiescent, ...team }: Parameters<typeof serviceOf>[0]): Pool {
  return configure(undefined, serviceOf({ quiescent, ...team }), 'checked', NOON).pool;
}

function serviceOf(team: {
  readonly real: number;
  readonly spare: number;
  readonly fallback: number;
  readonly quiescent: boolean;
}) {
  const roles = (['real', 'spare', 'fallback'] as const).flatMap((role) =>
    Array.from({ length: team[role] }, () => ROLES[role]),
  );
  const reals = roles.map((role, row) =>
    aReal(idOf(row), { weight: row + 1, ...(role && { role }) }),
  );
  return aService({ reals, quiescent: team.quiescent });
}

function moved(pool: Pool, { of, what }: Move): Pool {
  const id = idOf(of);
  if (what === 'good') return takeReport(pool, id, good()).pool;
  if (what === 'bad') return takeReport(pool, id, bad()).pool;
  if (what === 'empty') return stepAside(pool, id, NOON).pool;
  return setOverride(pool, id, what === 'drain' ? DRAIN : undefined, NOON).pool;
}

/** Ids of those of a kind that take clients. */
function serving(pool: Pool, role: keyof typeof ROLES): string[] {
  const weights = new Map(pool.entry.servers.map(({ id, weight }) => [id, weight]));
  return pool.reals
    .filter(({ real }) => real.role === ROLES[role] && (weights.get(real.id) ?? 0) > 0)
    .map(({ real }) => real.id);
}

function those(pool: Pool, role: keyof typeof ROLES, states: readonly string[]) {
  return pool.reals.filter(
    ({ real, state }) => real.role === ROLES[role] && states.includes(state),
  );
}

function judge(pool: Pool): void {
  const spares = serving(pool, 'spare').length;
  const failed = those(pool, 'real', ['down', 'drain']).length;
  const able = those(pool, 'spare', ['up']).length;
  const want = Math.min(failed, able);
  if (spares !== want) throw new Error(`${spares} spares are in, not ${want}`);
  const isUp = those(pool, 'real', ['up', 'drain']).length + spares > 0;
  const fallbacks = serving(pool, 'fallback').length;
  const due = isUp ? 0 : those(pool, 'fallback', ['up']).length;
  if (fallbacks !== due) throw new Error(`${fallbacks} fallbacks are in, not ${due}`);
}

function judgeStep(before: Pool, after: Pool, { of }: Move): void {
  const role = after.reals[of]?.real.role;
  const [was, is] = [serving(before, 'spare'), serving(after, 'spare')];
  const came = is.filter((id) => !was.includes(id)).length;
  const went = was.filter((id) => !is.includes(id)).length;
  const most = role === 'fallback' ? 0 : 1;
  if (came > most || went > most) throw new Error(`${came} came, ${went} went`);
  if (role === undefined && came + went > 1) throw new Error('one for another');
  if (role === 'spare' && went === 1 && is.includes(idOf(of)))
    throw new Error('a spare that is good again drives another one away');
}

t.test('spares and fallbacks in any order of ups and downs', async () => {
  fc.assert(
    fc.property(anyTeam, anyMoves, (team, moves) => {
      let pool = starting(team);
      for (const row of pool.reals.keys()) pool = moved(pool, { of: row, what: 'bad' });
      for (const move of moves) {
        const next = moved(pool, move);
        judge(next);
        judgeStep(pool, next, move);
        pool = next;
      }
    }),
    { numRuns: 2000 },
  );
});

t.test('one who stands by is not in the table once it is empty', async () => {
  fc.assert(
    fc.property(anyTeam, anyMoves, (team, moves) => {
      let pool = starting(team);
      for (const move of moves) pool = moved(pool, move);
      for (const row of pool.reals.keys())
        pool = moved(pool, { of: row, what: 'empty' });
      const reserve = new Set(
        pool.reals.flatMap(({ real }) => (real.role ? [real.id] : [])),
      );
      const left = pool.entry.servers.filter(
        ({ id, weight }) => reserve.has(id) && weight === 0,
      );
      if (left.length > 0) throw new Error(`${left.map(({ id }) => id)} is left`);
    }),
    { numRuns: 500 },
  );
});
