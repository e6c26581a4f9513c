import type { WorkerStats } from '../model/engine.ts';
import type {
  CertificateStatus,
  CheckStatus,
  RealStatus,
  ServiceStatus,
  StatusDocument,
} from '../model/status.ts';
import type { Family } from './prometheus.ts';

/** One family, read from each thing of a kind. */
export interface Metric<T> extends Omit<Family, 'samples'> {
  readonly value: (of: T) => number;
}

/** Of the director. */
export const DIRECTOR: readonly Metric<StatusDocument>[] = [
  {
    name: 'uptime_seconds',
    type: 'gauge',
    help: 'Seconds since the director started.',
    value: (document) => document.uptimeSeconds,
  },
  {
    name: 'config_error',
    type: 'gauge',
    help: '1 when the last reload was refused and an older configuration is in force.',
    value: (document) => Number(document.configError !== null),
  },
  {
    name: 'mails_sent_total',
    type: 'counter',
    help: 'Alert mails taken by a mail server or the local mailer.',
    value: ({ mail }) => mail.sent,
  },
  {
    name: 'mail_failures_total',
    type: 'counter',
    help: 'Attempts to send an alert mail that failed.',
    value: ({ mail }) => mail.failed,
  },
  {
    name: 'mails_dropped_total',
    type: 'counter',
    help: 'Alert mails that nobody got: refused, given up, or one too many.',
    value: ({ mail }) => mail.dropped,
  },
  {
    name: 'mails_pending',
    type: 'gauge',
    help: 'Alert mails that wait to be sent or tried again.',
    value: ({ mail }) => mail.pending,
  },
];

/** Of each worker thread. */
export const WORKER: readonly Metric<WorkerStats>[] = [
  {
    name: 'worker_connections',
    type: 'gauge',
    help: 'Client connections open in the worker thread.',
    value: ({ openConnections }) => openConnections,
  },
  {
    name: 'worker_accepted_connections_total',
    type: 'counter',
    help: 'Connections that the worker thread has accepted from clients.',
    value: ({ acceptedConnections }) => acceptedConnections,
  },
];

/** Of each virtual service. */
export const SERVICE: readonly Metric<ServiceStatus>[] = [
  {
    name: 'service_up',
    type: 'gauge',
    help: '1 when the virtual service is carried by a real server or its fallback.',
    value: ({ state }) => Number(state === 'up' || state === 'fallback'),
  },
  {
    name: 'service_fallback_active',
    type: 'gauge',
    help: '1 when the fallback carries the virtual service.',
    value: ({ fallbackActive }) => Number(fallbackActive),
  },
  {
    name: 'service_accepted_connections_total',
    type: 'counter',
    help: 'Connections accepted from clients.',
    value: (service) => service.acceptedConnections,
  },
  {
    name: 'service_refused_connections_total',
    type: 'counter',
    help: 'Connections accepted and reset: nothing eligible, or every dial failed.',
    value: (service) => service.refusedConnections,
  },
  {
    name: 'service_retries_total',
    type: 'counter',
    help: 'Dials made again at another real server.',
    value: (service) => service.retries,
  },
  {
    name: 'service_persistence_entries',
    type: 'gauge',
    help: 'Clients that persistence holds to a real server.',
    value: (service) => service.persistenceEntries,
  },
];

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
    name: 'check_timestamp_seconds',
    type: 'gauge',
    help: 'When the last check ended, in seconds since 1970.',
    value: ({ at }) => Date.parse(at) / 1000,
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
];
