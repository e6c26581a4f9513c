import type { Standing } from '../../../lib/control/api/standing-routes.ts';
import { statusDocument } from '../../../lib/daemon/status.ts';
import { createDirector } from '../../../lib/director/create-director.ts';
import type { Director } from '../../../lib/director/director.ts';
import type { ReloadOutcome } from '../../../lib/director/plan.ts';
import type { ServiceTable } from '../../../lib/model/engine.ts';
import type { StatusDocument } from '../../../lib/model/status.ts';
import { aConfig, aFallback, aReal, aService } from '../../support/config.ts';
import { silent } from '../../support/control.ts';
import { CONNECTIONS, PERSISTENCE } from '../../support/desk.ts';
import { carried, recordingEngine } from '../../support/recording-engine.ts';
import { recordingRunner } from '../../support/recording-runner.ts';
import { good } from '../../support/reports.ts';

/** A director at work, with an engine that carries all and nothing; it is real down to there. */
export interface LiveDirector extends AsyncDisposable {
  readonly director: Director;
  readonly status: (checks: number) => Promise<StatusDocument>;
  readonly reload: () => Promise<ReloadOutcome>;
  readonly standing: Standing;
}

const WEB = aService({
  persistent: 300,
  reals: [aReal('10.1.1.21:80'), aReal('10.1.1.22:80', { weight: 8 })],
  fallback: aFallback('127.0.0.1:80'),
});
const CONFIG = aConfig([
  WEB,
  aService({
    address: '2001:db8::19',
    port: 53,
    protocol: 'udp',
    reals: [aReal('[2001:db8::21]:53')],
  }),
]);

const NOTHING = { sent: 0, failed: 0, dropped: 0, pending: 0, problem: null };

export async function liveDirector(): Promise<LiveDirector> {
  const checks = recordingRunner();
  const traffic = {
    connections: async (_: object, most: number) => listed(CONNECTIONS, most),
    persistence: async (_: object, most: number) => listed(PERSISTENCE, most),
    end: async () => 1,
    forget: async () => 1,
  };
  // It would keep every table that it was ever given.
  const engine = {
    ...recordingEngine({ traffic }),
    apply: async (table: ServiceTable) => table.map(carried),
  };
  const director = createDirector({
    engines: new Map([['net', engine]]),
    checks,
    alerts: { follow() {}, tell() {}, checked() {}, changed() {} },
    log: silent,
  });
  await director.apply(CONFIG);
  for (const { id } of WEB.reals) checks.report(id, good());
  const reading = { config: CONFIG, configError: null };
  const none = { mail: NOTHING, webhooks: NOTHING, alertCommands: NOTHING };
  const alerts = { status: () => none };
  const naming = { status: () => [] };
  const peering = { status: () => [] };
  const role = { current: { role: 'active', by: null, since: null } } as const;
  return {
    director,
    status: (wanted) =>
      statusDocument(reading, { director, alerts, naming, peering, role }, wanted),
    reload: async () => ({ ok: true, changes: [], warnings: [] }),
    standing: {
      readiness: (of) => director.readiness(of),
      role: () => role.current,
      takeRole: async (wanted, by) => ({
        ...{ role: wanted, by, since: null },
        ...{ before: 'active', problem: null },
      }),
    },
    [Symbol.asyncDispose]: () => director.close(),
  };
}

/** None is left for one who counts only: a drain does, and would wait. */
function listed<T>(items: readonly T[], most: number) {
  return { items: items.slice(0, most), total: most === 0 ? 0 : items.length };
}
