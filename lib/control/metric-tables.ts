import type { WorkerStats } from '../model/engine.ts';
import type { ServiceStatus, StatusDocument } from '../model/status.ts';
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
    name: 'role_active',
    type: 'gauge',
    help: '1 when the director is the active one of a pair, or alone; 0 on the standby.',
    value: ({ role }) => Number(role === 'active'),
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
  {
    name: 'webhooks_sent_total',
    type: 'counter',
    help: 'Changes of state that webhooks have taken.',
    value: ({ webhooks }) => webhooks.sent,
  },
  {
    name: 'webhook_failures_total',
    type: 'counter',
    help: 'Attempts to tell a webhook that failed.',
    value: ({ webhooks }) => webhooks.failed,
  },
  {
    name: 'webhooks_dropped_total',
    type: 'counter',
    help: 'Changes of state that no webhook got: refused, given up, or too many waited.',
    value: ({ webhooks }) => webhooks.dropped,
  },
  {
    name: 'webhooks_pending',
    type: 'gauge',
    help: 'Changes of state that wait to be told to webhooks, or to be tried again.',
    value: ({ webhooks }) => webhooks.pending,
  },
  {
    name: 'alert_commands_run_total',
    type: 'counter',
    help: 'Commands of [alerts] that ended well.',
    value: ({ alertCommands }) => alertCommands.sent,
  },
  {
    name: 'alert_command_failures_total',
    type: 'counter',
    help: 'Commands of [alerts] that failed, or took too long.',
    value: ({ alertCommands }) => alertCommands.failed,
  },
  {
    name: 'alert_commands_dropped_total',
    type: 'counter',
    help: 'Changes of state that a command was not told, or failed at.',
    value: ({ alertCommands }) => alertCommands.dropped,
  },
  {
    name: 'alert_commands_pending',
    type: 'gauge',
    help: 'Changes of state that commands are still to be told.',
    value: ({ alertCommands }) => alertCommands.pending,
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
  {
    name: 'worker_restarts_total',
    type: 'counter',
    help: 'Times that the worker thread ended unasked, and another took its place.',
    value: ({ restarts }) => restarts,
  },
];

/** Of each virtual service. */
export const SERVICE: readonly Metric<ServiceStatus>[] = [
  {
    name: 'service_up',
    type: 'gauge',
    help: '1 when the virtual service is carried by a real server, a spare or a fallback.',
    value: ({ state }) => Number(['up', 'panic', 'fallback'].includes(state)),
  },
  {
    name: 'service_fallback_active',
    type: 'gauge',
    help: '1 when a fallback carries the virtual service.',
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
    name: 'service_proxy_header_errors_total',
    type: 'counter',
    help: 'Connections accepted and reset: no good PROXY header came where one was expected.',
    value: (service) => service.proxyHeaderErrors,
  },
  {
    name: 'service_retired_connections_total',
    type: 'counter',
    help: 'Connections ended since they were too old, or for the good of a server that came back.',
    value: (service) => service.retiredConnections,
  },
  {
    name: 'service_sni_unmatched_total',
    type: 'counter',
    help: 'Clients who asked for none of the names of sni.',
    value: (service) => service.sniUnmatched,
  },
  {
    name: 'service_sni_errors_total',
    type: 'counter',
    help: 'Connections accepted and reset: no whole ClientHello came where a name was to be read.',
    value: (service) => service.sniErrors,
  },
  {
    name: 'service_persistence_entries',
    type: 'gauge',
    help: 'Clients that persistence holds to a real server.',
    value: (service) => service.persistenceEntries,
  },
  {
    name: 'service_denied_connections_total',
    type: 'counter',
    help: 'Clients that allow or deny did not let in.',
    value: ({ limits }) => limits.denied,
  },
  {
    name: 'service_limited_connections_total',
    type: 'counter',
    help: 'Clients beyond source-connections or source-rate.',
    value: ({ limits }) => limits.limited,
  },
  {
    name: 'service_queue',
    type: 'gauge',
    help: 'Clients that wait for a place at a real server.',
    value: ({ limits }) => limits.queued,
  },
  {
    name: 'service_queue_most',
    type: 'gauge',
    help: 'The most clients that have waited at once.',
    value: ({ limits }) => limits.mostQueued,
  },
  {
    name: 'service_queue_timeouts_total',
    type: 'counter',
    help: 'Clients for whom no place became free within queue-timeout.',
    value: ({ limits }) => limits.queueTimeouts,
  },
  {
    name: 'service_problem',
    type: 'gauge',
    help: '1 when the status names a problem of the virtual service.',
    value: ({ problem }) => Number(problem !== null),
  },
];
