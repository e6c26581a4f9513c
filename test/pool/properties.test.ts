import fc from 'fast-check';
import t from 'tap';
import type { AgentWords } from '../../lib/model/agent.ts';
import type { CheckReport } from '../../lib/model/check.ts';
import type { RecoveredServer } from '../../lib/model/engine.ts';
import type { Override } from '../../lib/model/override.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../lib/model/virtual-service.ts';
import type { PoolChange } from '../../lib/pool/change.ts';
import { configure } from '../../lib/pool/configure.ts';
import { setOverride } from '../../lib/pool/override.ts';
import type { Pool, PoolStep } from '../../lib/pool/pool.ts';
import { takeAgent } from '../../lib/pool/take-agent.ts';
import { takeReport } from '../../lib/pool/take-report.ts';
import { aFallback, aReal, aService, OPTIONS } from '../support/config.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

/** The rules once more, as plainly as can be: what each server is, and nothing of how the pool
 *  keeps it. */
interface Model {
  readonly up: Set<string>;
  readonly heard: Set<string>;
  readonly failures: Map<string, number>;
  settled: boolean;
  readonly overrides: Map<string, Override>;
  readonly agents: Map<string, AgentWords>;
}

type Move =
  | { readonly real: number; readonly what: What }
  | { readonly real: number; readonly override: Override | undefined }
  | { readonly real: number; readonly words: AgentWords }
  | VirtualService;
type What = 'good' | 'bad' | 'maintained';

const REPORTS: Readonly<Record<What, CheckReport>> = {
  good: good(),
  bad: bad(),
  maintained: maintained(),
};

const place = (real: number) => `10.1.1.${21 + real}:80`;

const ASKING = { ...OPTIONS, agentPort: 9990 };

const servicesWith = (options: readonly ServiceOptions[]) =>
  fc
    .record({
      reals: fc.uniqueArray(
        fc.record({
          real: fc.nat(4),
          weight: fc.nat(3),
          method: fc.constantFrom('masq', 'gate'),
        }),
        { maxLength: 5, selector: ({ real }) => real },
      ),
      failurecount: fc.integer({ min: 1, max: 3 }),
      quiescent: fc.boolean(),
      readdquiescent: fc.boolean(),
      options: fc.constantFrom(...options),
      fallback: fc.constantFrom(
        undefined,
        aFallback('127.0.0.1:80'),
        aFallback('127.0.0.2:80'),
      ),
    })
    .map(({ reals, ...fields }) =>
      aService({
        ...fields,
        reals: reals.map(({ real, ...rest }) => aReal(place(real), rest)),
      }),
    );

const anyService = servicesWith([OPTIONS, ASKING, ASKING]);

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      real: fc.nat(4),
      what: fc.constantFrom<What>('good', 'good', 'bad', 'bad', 'maintained'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      real: fc.nat(4),
      override: fc.option(
        fc.record({
          state: fc.constantFrom('ready', 'drain', 'maintenance'),
          weight: fc.option(fc.nat(3)),
          by: fc.constant('uid 0'),
          since: fc.constant(new Date(NOON).toISOString()),
        }),
        { nil: undefined },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      real: fc.nat(4),
      words: fc.record(
        {
          percent: fc.constantFrom(0, 1, 50, 100, 250),
          state: fc.constantFrom('ready', 'drain', 'maintenance'),
          health: fc.constantFrom('up', 'down'),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  { weight: 1, arbitrary: anyService },
);

/** Who is kept in force depends on who was before: the model knows nothing of it. */
const anyPanic = servicesWith(
  [0, 34, 50].map((panicThreshold) => ({ ...ASKING, panicThreshold })),
);

/** In one step of either kind. */
function moved(pool: Pool, move: Move): PoolStep {
  if ('what' in move) return takeReport(pool, place(move.real), REPORTS[move.what]);
  if ('override' in move)
    return setOverride(pool, place(move.real), move.override, NOON);
  if ('words' in move) return takeAgent(pool, place(move.real), move.words, NOON);
  return configure(pool, move, 'checked', NOON);
}

function modelMove(model: Model, service: VirtualService, move: Move): VirtualService {
  if ('what' in move) modelReport(model, service, place(move.real), move.what);
  else if ('override' in move) {
    const id = place(move.real);
    model.overrides.delete(id);
    if (move.override && service.reals.some((real) => real.id === id))
      model.overrides.set(id, move.override);
  } else if ('words' in move) {
    const id = place(move.real);
    if (service.reals.some((real) => real.id === id))
      model.agents.set(id, { ...model.agents.get(id), ...move.words });
  } else modelReload(model, service, move);
  return 'id' in move ? move : service;
}

function modelReport(
  model: Model,
  service: VirtualService,
  id: string,
  what: What,
): void {
  if (!service.reals.some((real) => real.id === id)) return;
  model.heard.add(id);
  if (what === 'good') {
    model.up.add(id);
    model.failures.delete(id);
  } else if (what === 'maintained') model.up.delete(id);
  else if (model.up.has(id)) {
    const failures = (model.failures.get(id) ?? 0) + 1;
    model.failures.set(id, Math.min(failures, service.failurecount));
    if (failures >= service.failurecount) model.up.delete(id);
  }
}

function modelReload(model: Model, was: VirtualService, is: VirtualService): void {
  const ids = new Set(is.reals.map(({ id }) => id));
  for (const known of [
    model.up,
    model.heard,
    model.failures,
    model.overrides,
    model.agents,
  ])
    for (const id of [...known.keys()]) if (!ids.has(id)) known.delete(id);
  const { agentPort } = is.options;
  if (agentPort === 0 || agentPort !== was.options.agentPort) model.agents.clear();
  for (const real of is.reals) {
    const before = was.reals.find(({ id }) => id === real.id);
    if (before?.weight !== real.weight || before.method !== real.method)
      model.overrides.delete(real.id);
  }
}

/** What must hold after every step. */
function agree(model: Model, service: VirtualService, pool: Pool): void {
  const { reals } = service;
  const maintained = (id: string) => {
    const set = model.overrides.get(id)?.state;
    if (set === 'maintenance') return true;
    return model.agents.get(id)?.state === 'maintenance' && set !== 'drain';
  };
  const out = (id: string) => maintained(id) || model.agents.get(id)?.health === 'down';
  const up = (id: string) => model.up.has(id) && !out(id);
  const isUp = reals.some(({ id }) => up(id));
  model.settled ||= isUp || reals.every(({ id }) => model.heard.has(id) || out(id));
  const fallbackActive = model.settled && !isUp;
  same('settled', pool.settled, model.settled);
  same('fallbackActive', pool.fallbackActive, fallbackActive);
  const expected = reals.flatMap(({ id, weight }) => {
    if (up(id)) return [`${id}@${modelWeight(model, id, weight)}`];
    const known = model.heard.has(id) || out(id);
    return known && service.quiescent ? [`${id}@0`] : [];
  });
  if (fallbackActive && service.fallback)
    expected.push(`fallback:${service.fallback.address}:80@1`);
  const table = pool.entry.servers.map(({ id, weight }) => `${id}@${weight}`);
  same('table', table.join(), expected.join());
  for (const { real, failures } of pool.reals)
    same(`failures of ${real.id}`, failures, model.failures.get(real.id) ?? 0);
}

function modelWeight(model: Model, id: string, weight: number): number {
  const override = model.overrides.get(id);
  const { state, percent = 100 } = model.agents.get(id) ?? {};
  if (override?.state === 'drain' || state === 'drain') return 0;
  const share = Math.floor((weight * percent) / 100);
  return override?.weight ?? (weight * percent > 0 ? share || 1 : 0);
}

function same(what: string, is: unknown, expected: unknown): void {
  if (is !== expected)
    throw new Error(`${what}: is ${String(is)}, the model says ${String(expected)}`);
}

t.test('the pool does what the plain model says, whatever comes', async () => {
  const moves = fc.array(anyMove, { maxLength: 60 });
  fc.assert(
    fc.property(anyService, moves, (first, moves) => {
      const model: Model = {
        up: new Set(),
        heard: new Set(),
        failures: new Map(),
        overrides: new Map(),
        agents: new Map(),
        settled: false,
      };
      let service = first;
      let { pool } = configure(undefined, service, 'checked', NOON);
      agree(model, service, pool);
      for (const move of moves) {
        service = modelMove(model, service, move);
        ({ pool } = moved(pool, move));
        agree(model, service, pool);
      }
    }),
    { numRuns: 1000 },
  );
});

/** What a listener believes to be in the table, from nothing but the changes. */
function believe(table: Map<string, number>, changes: readonly PoolChange[]): void {
  for (const change of changes) {
    if (!('fallback' in change)) continue;
    const id = `${change.fallback ? 'fallback:' : ''}${change.server}`;
    if (change.type === 'deleted' || change.type === 'purged') table.delete(id);
    else table.set(id, change.weight);
  }
}

const text = (table: ReadonlyMap<string, number>) =>
  [...table]
    .map(([id, weight]) => `${id}@${weight}`)
    .sort()
    .join();

/** What an earlier run may have left in force. */
const anyFound: fc.Arbitrary<readonly RecoveredServer[]> = fc.uniqueArray(
  fc.record({
    id: fc.oneof(
      fc.nat(4).map(place),
      fc.constantFrom('fallback:127.0.0.1:80', 'fallback:127.0.0.3:80'),
    ),
    weight: fc.nat(3),
  }),
  { selector: ({ id }) => id, maxLength: 6 },
);

t.test('whoever listens to the changes alone knows the table', async () => {
  const moves = fc.array(fc.oneof({ weight: 14, arbitrary: anyMove }, anyPanic), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(
      fc.oneof(anyService, anyPanic),
      anyFound,
      moves,
      (first, found, moves) => {
        const left = found.map(({ id, weight }) =>
          id.startsWith('fallback:') ? { id, weight: 1 } : { id, weight },
        );
        const believed = new Map(left.map(({ id, weight }) => [id, weight]));
        let step = configure(undefined, first, 'checked', NOON, { found: left });
        const look = () => {
          believe(believed, step.changes);
          const servers = step.pool.entry.servers.map(
            ({ id, weight }) => [id, weight] as const,
          );
          same('believed', text(believed), text(new Map(servers)));
        };
        look();
        for (const move of moves) {
          step = moved(step.pool, move);
          look();
        }
      },
    ),
    { numRuns: 1000 },
  );
});
