import type {
  AgentStatus,
  CertificateStatus,
  CheckStatus,
  RealStatus,
} from '../model/status.ts';
import type { Metric } from './metric-tables.ts';

/** Of each real server of a service. */
export const REAL: readonly Metric<RealStatus>[] = [
  {
    name: 'real_up',
    type: 'gauge',
    help: '1 when the real server is up.',
    value: ({ state }) => Number(state === 'up'),
  },
  {
    name: 'real_weight',
    type: 'gauge',
    help: 'Weight in force; 0 when quiesced or not in force.',
    value: (real) => real.weight,
  },
  {
    name: 'real_warming',
    type: 'gauge',
    help: '1 while the real server warms up: it has come back, and its share grows.',
    value: ({ warming }) => Number(warming !== null),
  },
  {
    name: 'real_configured_weight',
    type: 'gauge',
    help: 'Weight from the configuration.',
    value: (real) => real.configuredWeight,
  },
  {
    name: 'real_active_connections',
    type: 'gauge',
    help: 'Connections open in both directions.',
    value: (real) => real.activeConnections,
  },
  {
    name: 'real_inactive_connections',
    type: 'gauge',
    help: 'Connections half-closed.',
    value: (real) => real.inactiveConnections,
  },
  {
    name: 'real_connections_total',
    type: 'counter',
    help: 'Connections given to the real server.',
    value: (real) => real.totalConnections,
  },
  {
    name: 'real_bytes_in_total',
    type: 'counter',
    help: 'Bytes from clients to the real server.',
    value: (real) => real.bytesIn,
  },
  {
    name: 'real_bytes_out_total',
    type: 'counter',
    help: 'Bytes from the real server to clients.',
    value: (real) => real.bytesOut,
  },
  {
    name: 'real_connect_failures_total',
    type: 'counter',
    help: 'Dials that were refused, timed out or unreachable.',
    value: (real) => real.connectFailures,
  },
  {
    name: 'real_last_change_timestamp_seconds',
    type: 'gauge',
    help: 'When the real server took the state it is in, since 1970.',
    value: ({ since }) => Date.parse(since) / 1000,
  },
  {
    name: 'real_downs_total',
    type: 'counter',
    help: 'Times that the real server went down.',
    value: ({ downs }) => downs,
  },
  {
    name: 'real_down_seconds_total',
    type: 'counter',
    help: 'Seconds that the real server was down.',
    value: ({ downSeconds }) => downSeconds,
  },
  {
    name: 'real_ejections_total',
    type: 'counter',
    help: 'Times that the real server was taken out since connections of clients failed at it.',
    value: ({ ejections }) => ejections,
  },
  {
    name: 'real_changed',
    type: 'gauge',
    help: '1 when an operator has changed the real server at run time.',
    value: ({ override }) => Number(override !== null),
  },
];

/** Of each real server that has an agent. */
export const AGENT: readonly Metric<AgentStatus>[] = [
  {
    name: 'agent_answers',
    type: 'gauge',
    help: '1 when the agent of the real server answered the last time.',
    value: ({ at, problem }) => Number(at !== null && problem === null),
  },
  {
    name: 'agent_weight_percent',
    type: 'gauge',
    help: 'Percentage of the configured weight that the agent wants.',
    value: ({ percent }) => percent ?? 100,
  },
  {
    name: 'agent_holds',
    type: 'gauge',
    help: '1 when the agent drains the real server, or holds it in maintenance or down.',
    value: ({ state, down }) => Number(state !== 'ready' || down !== null),
  },
  {
    name: 'agent_timestamp_seconds',
    type: 'gauge',
    help: 'When the last line of the agent came, in seconds since 1970; 0 before the first.',
    value: ({ at }) => (at === null ? 0 : Date.parse(at) / 1000),
  },
];

/** Of the last check of each real server. */
export const CHECK: readonly Metric<CheckStatus>[] = [
  {
    name: 'check_up',
    type: 'gauge',
    help: '1 when the last check was good.',
    value: ({ up }) => Number(up),
  },
  {
    name: 'check_duration_seconds',
    type: 'gauge',
    help: 'How long the last check took.',
    value: ({ durationMs }) => durationMs / 1000,
  },
  {
    name: 'check_failures',
    type: 'gauge',
    help: 'Failures in a row, up to failurecount.',
    value: ({ failures }) => failures,
  },
  {
    name: 'check_successes',
    type: 'gauge',
    help: 'Successes in a row while the real server is down, below rise.',
    value: ({ successes }) => successes,
  },
  {
    name: 'check_timestamp_seconds',
    type: 'gauge',
    help: 'When the last check ended, in seconds since 1970.',
    value: ({ at }) => Date.parse(at) / 1000,
  },
  {
    name: 'check_seconds_total',
    type: 'counter',
    help: 'Seconds that all checks took.',
    value: ({ totals }) => totals.seconds,
  },
];

/** Of the certificates that such a check saw. */
export const CERTIFICATE: readonly Metric<CertificateStatus>[] = [
  {
    name: 'check_certificate_expiry_seconds',
    type: 'gauge',
    help: 'When the first of the certificates expires that the real server sent, since 1970.',
    value: ({ expires }) => Date.parse(expires) / 1000,
  },
  {
    name: 'check_certificate_days_left',
    type: 'gauge',
    help: 'Whole days until then; below 0 once it has expired.',
    value: ({ daysLeft }) => daysLeft,
  },
];
