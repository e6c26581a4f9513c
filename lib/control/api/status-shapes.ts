import { CAPABILITY_NAMES, type Capability } from '../../model/capability.ts';
import type { WorkerStats } from '../../model/engine.ts';
import type { LimitStats } from '../../model/limits.ts';
import type { Override } from '../../model/override.ts';
import { ROLES, type Role } from '../../model/role.ts';
import {
  type AgentStatus,
  type CertificateStatus,
  type CheckRecord,
  type CheckStatus,
  type CheckTotals,
  type HookStatus,
  type MailStatus,
  REAL_STATES,
  type RealState,
  type RealStatus,
  SERVICE_STATES,
  type ServiceState,
  type ServiceStatus,
  type StatusDocument,
} from '../../model/status.ts';
import type {
  CheckWord,
  EngineName,
  ForwardingMethod,
  Protocol,
} from '../../model/virtual-service.ts';
import { NAME } from './name-shapes.ts';
import { PEER } from './peer-shapes.ts';
import {
  amount,
  count,
  flag,
  list,
  nullable,
  object,
  optional,
  type Shape,
  text,
  time,
  whole,
  word,
} from './shape.ts';

export const SERVICE_ID = text('as in `tcp:10.1.1.19:80`');
export const REAL_ID = text('as in `10.1.1.21:80`');
export const WEIGHT = whole({ least: 0, most: 65_535 });
export const ADMIN_STATE = word(['ready', 'drain', 'maintenance']);
export const SERVICE_STATE: Shape<ServiceState> = word(SERVICE_STATES);
export const REAL_STATE: Shape<RealState> = word(REAL_STATES);
const PROTOCOL: Shape<Protocol> = word(['tcp', 'udp', 'fwm']);
const METHOD: Shape<ForwardingMethod> = word(['gate', 'masq', 'ipip']);
const ENGINE: Shape<EngineName> = word(['net', 'nftables', 'ipvs', 'auto']);
const MADE: Shape<CheckWord> = word([
  'connect',
  'negotiate',
  'ping',
  'off',
  'on',
  'external',
  'external-perl',
]);
const CAPABILITY: Shape<Capability> = word(CAPABILITY_NAMES);
const PORT = whole({ least: 0, most: 65_535 });

export const OVERRIDE: Shape<Override> = object<Override>(
  'Override',
  {
    state: ADMIN_STATE,
    weight: nullable(WEIGHT, 'null: the configured one'),
    by: text('who'),
    since: time(),
  },
  'What was changed of a real server at run time.',
);

const RECORD = {
  at: time('when the check ended'),
  durationMs: amount(),
  up: flag(),
  made: nullable(MADE, 'the check that was made; null: none, as in maintenance'),
  message: text(),
};

const CHECK_RECORD = object<CheckRecord>('CheckRecord', RECORD);

export const ROLE: Shape<Role> = word(ROLES);

const CERTIFICATE = object<CertificateStatus>('Certificate', {
  expires: time(),
  daysLeft: whole({}, 'below 0 once it has expired'),
  subject: text(),
  problem: nullable(text(), 'from `tls-expiry` on'),
});

const CHECK_TOTALS = object<CheckTotals>(
  'CheckTotals',
  { up: count(), down: count(), seconds: amount('that the checks took, in all') },
  'Of all results so far.',
);

const CHECK_STATUS = object<CheckStatus>('CheckStatus', {
  ...RECORD,
  type: text('`negotiate`, `connect` ... or N of a combined check'),
  service: text(),
  failures: count('in a row, up to failurecount'),
  successes: count('in a row while it is down'),
  rise: count('how many of them it takes to be up'),
  totals: CHECK_TOTALS,
  certificate: nullable(CERTIFICATE, 'null where the check makes no TLS handshake'),
});

const AGENT = object<AgentStatus>(
  'Agent',
  {
    port: PORT,
    line: nullable(text(), 'the last one that came; null before the first'),
    at: nullable(time(), 'when it came'),
    durationMs: nullable(amount(), 'that the last question took'),
    problem: nullable(text(), 'why no line came the last time'),
    state: ADMIN_STATE,
    percent: nullable(count(), 'of the configured weight; null: it has named none'),
    down: nullable(text(), 'why it holds the server down; null: it does not'),
    weight: count('the configured one as it wants it'),
  },
  'What the agent of a real server has said.',
);

export const REAL: Shape<RealStatus> = object<RealStatus>('Real', {
  id: REAL_ID,
  address: text(),
  port: PORT,
  method: METHOD,
  from: nullable(text(), 'the name of reals-from; null: it has a line in the file'),
  weight: count('in force; 0 when quiesced or not in the table'),
  configuredWeight: count(),
  inForce: flag("it stands in the engine's table, be it at weight 0"),
  state: REAL_STATE,
  warming: nullable(count(), 'percents of its share while it warms up; null: all'),
  override: nullable(OVERRIDE, 'null: nothing was changed'),
  agent: nullable(
    AGENT,
    "null for the config's own fallback, and where no agent is asked",
  ),
  since: time('when it took that state'),
  activeConnections: count(),
  inactiveConnections: count(),
  totalConnections: count(),
  bytesIn: count(),
  bytesOut: count(),
  connectFailures: count(),
  downs: count('how often it went down'),
  downSeconds: amount('for how long in all'),
  ejections: count("of these by `passive`: clients' connections failed at it"),
  fallback: flag("the config's own, which is not checked"),
  role: word(['real', 'spare', 'fallback']),
  check: nullable(
    CHECK_STATUS,
    "null for the config's own fallback, and until the first result",
  ),
  checks: optional(list(CHECK_RECORD, 'with `?checks=N`: the newest first')),
});

const LIMITS = object<LimitStats>(
  'Limits',
  {
    denied: count('clients that `allow` or `deny` did not let in'),
    limited: count('clients beyond `source-connections` or `source-rate`'),
    queued: count('clients that wait for a place'),
    mostQueued: count('the most there have been at once'),
    queueTimeouts: count('clients for whom none became free within `queue-timeout`'),
  },
  'What came of the limits in `[limits]`.',
);

export const SERVICE: Shape<ServiceStatus> = object<ServiceStatus>('Service', {
  id: SERVICE_ID,
  address: nullable(text()),
  port: nullable(PORT),
  fwmark: nullable(count()),
  protocol: PROTOCOL,
  scheduler: text(),
  engine: ENGINE,
  engineReason: text(),
  state: SERVICE_STATE,
  problem: nullable(text(), 'why it waits or failed, and how to mend it'),
  fallbackActive: flag('one is in force, be it checked or not'),
  persistent: nullable(count(), 'seconds'),
  netmask: nullable(text()),
  drainDeadlineSeconds: nullable(amount(), 'of drains that have none of their own'),
  acceptedConnections: count(),
  refusedConnections: count(),
  retries: count(),
  proxyHeaderErrors: count('accepted and reset: without a good PROXY header'),
  retiredConnections: count(),
  sniUnmatched: count('clients who asked for none of the names of `sni`'),
  sniErrors: count('accepted and reset: without a whole ClientHello'),
  persistenceEntries: count(),
  limits: LIMITS,
  reals: list(REAL, "in the file's order, then spares, then fallbacks"),
});

const WORKER = object<WorkerStats>('Worker', {
  openConnections: count(),
  acceptedConnections: count(),
  restarts: count('times that another thread had to take its place'),
});

const MAIL = object<MailStatus>('Mail', {
  sent: count(),
  failed: count(),
  dropped: count(),
  pending: count(),
  problem: nullable(text()),
});

const HOOK = object<HookStatus>(
  'Hook',
  {
    sent: count(),
    failed: count(),
    dropped: count(),
    pending: count(),
    problem: nullable(text()),
  },
  'What became of the changes of state that there were to tell.',
);

export const STATUS: Shape<StatusDocument> = object<StatusDocument>('Status', {
  version: text(),
  pid: count(),
  uptimeSeconds: amount(),
  user: text('who it runs as'),
  capabilities: list(CAPABILITY, "what of root's rights it has"),
  config: text('path of the config in force'),
  configError: nullable(text(), 'why the last reload was refused, one error a line'),
  services: list(SERVICE),
  names: list(NAME, 'what name servers are asked for reals-from'),
  peers: list(PEER, 'other directors of [peer]'),
  workers: list(WORKER),
  mail: MAIL,
  webhooks: HOOK,
  alertCommands: HOOK,
  role: ROLE,
});
