import type { RealStatus, ServiceStatus, StatusDocument } from '../../model/status.ts';
import type { Family } from '../prometheus.ts';

/** One family of HAProxy's exporter, read from each thing of a kind. Names and types are those of HAProxy
 *  2.6; `now` is in milliseconds since 1970. */
export interface HaproxyMetric<T> extends Omit<Family, 'samples' | 'help'> {
  readonly value: (of: T, now: number) => number;
}

type Row<T> = readonly [
  name: string,
  type: Family['type'],
  value: (of: T, now: number) => number,
];

const metric = <T>([name, type, value]: Row<T>): HaproxyMetric<T> => ({
  ...{ name, type, value },
});

const sum = (service: ServiceStatus, of: (real: RealStatus) => number): number =>
  service.reals.reduce((total, real) => total + of(real), 0);
const open = ({ activeConnections, inactiveConnections }: RealStatus): number =>
  activeConnections + inactiveConnections;
const balanced = ({ role, weight }: RealStatus): number =>
  Number(role === 'real' && weight > 0);
/** Those that could serve count, as with HAProxy. */
const backup = ({ role, fallback, inForce, state }: RealStatus): number =>
  Number(fallback ? inForce : role !== 'real' && ['up', 'standby'].includes(state));

const PROCESS_ROWS: readonly Row<StatusDocument>[] = [
  ['process_nbthread', 'gauge', ({ workers }) => workers.length],
  ['process_uptime_seconds', 'gauge', ({ uptimeSeconds }) => uptimeSeconds],
  [
    'process_start_time_seconds',
    'gauge',
    ({ uptimeSeconds }, now) => Math.round(now / 1000 - uptimeSeconds),
  ],
  [
    'process_current_connections',
    'gauge',
    ({ services }) => services.reduce((total, one) => total + sum(one, open), 0),
  ],
  [
    'process_connections_total',
    'counter',
    ({ services }) => services.reduce((all, one) => all + one.acceptedConnections, 0),
  ],
  [
    'process_bytes_out_total',
    'counter',
    ({ services }) =>
      services.reduce((all, one) => all + sum(one, ({ bytesOut }) => bytesOut), 0),
  ],
];

const FRONTEND_ROWS: readonly Row<ServiceStatus>[] = [
  ['frontend_current_sessions', 'gauge', (service) => sum(service, open)],
  ['frontend_sessions_total', 'counter', (service) => service.acceptedConnections],
  ['frontend_connections_total', 'counter', (service) => service.acceptedConnections],
  ['frontend_bytes_in_total', 'counter', (service) => sum(service, (r) => r.bytesIn)],
  ['frontend_bytes_out_total', 'counter', (service) => sum(service, (r) => r.bytesOut)],
];

const BACKEND_ROWS: readonly Row<ServiceStatus>[] = [
  ['backend_current_queue', 'gauge', () => 0],
  ['backend_current_sessions', 'gauge', (service) => sum(service, open)],
  ['backend_sessions_total', 'counter', (s) => sum(s, (r) => r.totalConnections)],
  ['backend_loadbalanced_total', 'counter', (s) => sum(s, (r) => r.totalConnections)],
  ['backend_bytes_in_total', 'counter', (service) => sum(service, (r) => r.bytesIn)],
  ['backend_bytes_out_total', 'counter', (service) => sum(service, (r) => r.bytesOut)],
  [
    'backend_connection_errors_total',
    'counter',
    (service) => sum(service, (r) => r.connectFailures),
  ],
  ['backend_retry_warnings_total', 'counter', ({ retries }) => retries],
  ['backend_redispatch_warnings_total', 'counter', ({ retries }) => retries],
  ['backend_weight', 'gauge', (service) => sum(service, (r) => r.weight)],
  ['backend_active_servers', 'gauge', (service) => sum(service, balanced)],
  ['backend_backup_servers', 'gauge', (service) => sum(service, backup)],
];

const SERVER_ROWS: readonly Row<RealStatus>[] = [
  ['server_current_queue', 'gauge', () => 0],
  ['server_current_sessions', 'gauge', open],
  ['server_sessions_total', 'counter', (real) => real.totalConnections],
  ['server_loadbalanced_total', 'counter', (real) => real.totalConnections],
  ['server_bytes_in_total', 'counter', (real) => real.bytesIn],
  ['server_bytes_out_total', 'counter', (real) => real.bytesOut],
  ['server_connection_errors_total', 'counter', (real) => real.connectFailures],
  ['server_weight', 'gauge', (real) => real.weight],
  ['server_uweight', 'gauge', (real) => real.configuredWeight],
  ['server_check_failures_total', 'counter', ({ check }) => check?.totals.down ?? 0],
  ['server_check_up_down_total', 'counter', ({ downs }) => downs],
  [
    'server_check_last_change_seconds',
    'gauge',
    ({ since }, now) => Math.max(0, Math.floor((now - Date.parse(since)) / 1000)),
  ],
  [
    'server_downtime_seconds_total',
    'counter',
    ({ downSeconds }) => Math.floor(downSeconds),
  ],
  [
    'server_check_duration_seconds',
    'gauge',
    ({ check }) => (check ? check.durationMs / 1000 : Number.NaN),
  ],
];

export const PROCESS = PROCESS_ROWS.map(metric);
export const FRONTEND = FRONTEND_ROWS.map(metric);
export const BACKEND = BACKEND_ROWS.map(metric);
export const SERVER = SERVER_ROWS.map(metric);
