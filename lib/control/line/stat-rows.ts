import { endpoint } from '../../model/address.ts';
import type { RealStatus, ServiceStatus, StatusDocument } from '../../model/status.ts';
import { agentCells } from './agent-cells.ts';
import { answerCode, checkWord } from './check-words.ts';
import type { Cells, Kind } from './stat-columns.ts';

/** A row of `show stat`, and whose it is. */
export interface StatRow {
  readonly kind: Kind;
  /** Service id. */
  readonly service: string;
  /** Real server's id; empty for a frontend and a backend. */
  readonly real: string;
  /** What `rate` is the rate of. */
  readonly sessions: number;
  readonly cells: Cells;
}

// In the rows below what is copied in stands last: the other way round costs ten times as much.

/** HAProxy counts its own one first. */
export const FIRST_IID = 2;

/** Frontend, servers and backend of every service, in the order of the configuration. */
export function statRows(
  { services, uptimeSeconds }: StatusDocument,
  maxConnections: number | undefined,
  now: number,
): readonly StatRow[] {
  return services.flatMap((service, place) => {
    const common = {
      pxname: service.id,
      pid: 1,
      iid: place + FIRST_IID,
      mode: service.protocol,
    };
    return [
      frontend(service, common, maxConnections),
      ...service.reals.map((real, row) => server(service, real, row + 1, common, now)),
      backend(service, common, uptimeSeconds),
    ];
  });
}

function frontend(
  service: ServiceStatus,
  common: Cells,
  maxConnections: number | undefined,
): StatRow {
  const total = service.acceptedConnections;
  const cells: Cells = {
    svname: 'FRONTEND',
    slim: maxConnections,
    stot: total,
    ereq: service.proxyHeaderErrors + service.sniErrors,
    status: OPEN.has(service.state) ? 'OPEN' : 'STOP',
    sid: 0,
    type: 0,
    conn_tot: total,
    dcon: service.limits.denied + service.limits.limited,
    ...sums(service),
    ...common,
  };
  return { kind: 'F', service: service.id, real: '', sessions: total, cells };
}

/** States in which clients are let in. */
const OPEN: ReadonlySet<string> = new Set(['up', 'panic', 'fallback']);

function backend(service: ServiceStatus, common: Cells, uptime: number): StatRow {
  const total = service.acceptedConnections;
  const working = service.reals.filter(isWorking);
  const weight = sum(
    working.filter(({ state }) => state !== 'standby'),
    wantedWeight,
  );
  const cells: Cells = {
    svname: 'BACKEND',
    qcur: service.limits.queued,
    qmax: service.limits.mostQueued,
    stot: total,
    econ: service.refusedConnections,
    wredis: service.retries,
    status: OPEN.has(service.state) ? 'UP' : 'DOWN',
    weight,
    uweight: weight,
    act: working.filter(({ role }) => role === 'real').length,
    bck: working.filter(({ role }) => role !== 'real').length,
    lastchg: uptime,
    sid: 0,
    lbtot: sum(service.reals, (real) => real.totalConnections),
    type: 1,
    algo: service.scheduler,
    connect: sum(service.reals, attempts),
    ...sums(service),
    ...common,
  };
  return { kind: 'B', service: service.id, real: '', sessions: total, cells };
}

function server(
  service: ServiceStatus,
  real: RealStatus,
  sid: number,
  common: Cells,
  now: number,
): StatRow {
  const weight = wantedWeight(real);
  const cells: Cells = {
    svname: real.id,
    scur: sessions(real),
    stot: real.totalConnections,
    bin: real.bytesIn,
    bout: real.bytesOut,
    econ: real.connectFailures,
    status: serverStatus(real),
    weight,
    uweight: weight,
    act: real.role === 'real' ? 1 : 0,
    bck: real.role === 'real' ? 0 : 1,
    lastchg: Math.max(0, Math.floor((now - Date.parse(real.since)) / 1000)),
    sid,
    throttle: real.warming ?? undefined,
    lbtot: real.totalConnections,
    type: 2,
    addr: endpoint(real.address, real.port),
    connect: attempts(real),
    ...common,
    ...checkCells(real),
    ...agentCells(real),
  };
  return {
    ...{ kind: 'S', service: service.id, real: real.id },
    ...{ sessions: real.totalConnections, cells },
  };
}

/** HAProxy says nothing of checks in maintenance, nor of a server that is not checked. */
function checkCells(real: RealStatus): Cells {
  const { check } = real;
  if (check === null || !isChecked(real) || real.state === 'maintenance') return {};
  const { code, desc } = checkWord(check);
  return {
    check_status: code,
    check_code: answerCode(check),
    check_duration: Math.round(check.durationMs),
    last_chk: check.message,
    check_desc: desc,
    chkfail: check.totals.down,
    check_rise: check.rise,
  };
}

export function isChecked({ state, fallback }: RealStatus): boolean {
  return state !== 'unchecked' && !fallback;
}

const STATUS = {
  starting: 'DOWN',
  up: 'UP',
  down: 'DOWN',
  drain: 'UP', // of weight 0, be it the file's
  maintenance: 'MAINT',
  unchecked: 'no check',
  standby: 'UP',
} as const satisfies Record<RealStatus['state'], string>;

function serverStatus(real: RealStatus): string {
  const { state, override, agent } = real;
  if (real.fallback) return 'no check';
  if (state === 'down' && agent?.down != null) return 'DOWN (agent)';
  if (state !== 'maintenance' && override?.state === 'drain') return 'DRAIN';
  if (state === 'drain' && agent?.state === 'drain') return 'DRAIN (agent)';
  return STATUS[state];
}

/** What it is to have when it is up; in force is 0 while it is drained or down. */
export function wantedWeight({
  override,
  agent,
  configuredWeight,
}: RealStatus): number {
  return override?.weight ?? agent?.weight ?? configuredWeight;
}

/** As HAProxy counts, also a backup that stands by. */
function isWorking({ state, fallback, inForce }: RealStatus): boolean {
  if (fallback || state === 'unchecked') return inForce;
  return state === 'up' || state === 'standby';
}

function sums({ reals }: ServiceStatus): Cells {
  return {
    scur: sum(reals, sessions),
    bin: sum(reals, (real) => real.bytesIn),
    bout: sum(reals, (real) => real.bytesOut),
  };
}

function sessions({ activeConnections, inactiveConnections }: RealStatus): number {
  return activeConnections + inactiveConnections;
}

function attempts({ totalConnections, connectFailures }: RealStatus): number {
  return totalConnections + connectFailures;
}

function sum(
  reals: readonly RealStatus[],
  number: (real: RealStatus) => number,
): number {
  return reals.reduce((total, real) => total + number(real), 0);
}
