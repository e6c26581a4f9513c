import type { Config, GlobalSettings } from '../../lib/config/config.ts';
import { endpoint } from '../../lib/model/address.ts';
import type { Pattern } from '../../lib/model/pattern.ts';
import type {
  Fallback,
  RealServer,
  ServiceOptions,
  VirtualService,
} from '../../lib/model/virtual-service.ts';

/** A real server as a line `real=ADDRESS:PORT masq` gives it. */
export function aReal(place: string, fields: Partial<RealServer> = {}): RealServer {
  const at = place.lastIndexOf(':');
  const address = place.slice(0, at).replace(/^\[|\]$/g, '');
  const port = Number(place.slice(at + 1));
  const id = endpoint(address, port);
  return {
    id,
    line: 2,
    address,
    port,
    method: 'masq',
    weight: 1,
    lower: 0,
    upper: 0,
    ...fields,
  };
}

/** A pattern that JavaScript and Perl write alike. */
export function aPattern(perl: string): Pattern {
  return { perl, source: perl, flags: '' };
}

export const OPTIONS: ServiceOptions = {
  engine: 'net',
  snat: false,
  connectTimeoutMs: 3000,
  idleTimeoutMs: 900_000,
  halfClosedTimeoutMs: 60_000,
  udpIdleTimeoutMs: 300_000,
  udpAnswerTimeoutMs: 10_000,
  capture: false,
  onDown: undefined,
  maxAgeMs: undefined,
  maxAgeJitter: 0.1,
  drainDeadlineMs: undefined,
  rebalance: undefined,
  source: [],
  keepaliveMs: 60_000,
  tlsVerify: true,
  tlsCa: undefined,
  tlsExpiryDays: 30,
  bodyLimit: 1_048_576,
  agentPort: 0,
  agentIntervalMs: undefined,
  agentSend: '',
  digest: false,
  webhook: undefined,
  webhookSecretFile: undefined,
  webhookCa: undefined,
  webhookTimeoutMs: 5000,
  webhookRetryForMs: 600_000,
  command: undefined,
  commandTimeoutMs: 30_000,
  logConnections: false,
  dontlognull: false,
  sendProxy: undefined,
  acceptProxy: [],
  acceptProxyTimeoutMs: 3000,
  sni: [],
  sniDefault: 'serve',
  sniTimeoutMs: 5000,
  checkProxy: undefined,
  allow: [],
  deny: [],
  sourceConnections: 0,
  sourceRate: undefined,
  sourceNetmask6: 64,
  rise: 1,
  fall: undefined,
  downIntervalMs: undefined,
  checkJitter: 0,
  slowStartMs: undefined,
  panicThreshold: undefined,
  passive: undefined,
  passiveHoldMs: 10_000,
  serverConnections: 0,
  serviceConnections: 0,
  queue: 0,
  queueTimeoutMs: 5000,
  abortOnClose: true,
  realsFrom: [],
};

/** A virtual service with the defaults of ldirectord, `tcp:10.1.1.19:80` unless told otherwise. */
export function aService(fields: Partial<VirtualService> = {}): VirtualService {
  const address = 'address' in fields ? fields.address : '10.1.1.19';
  const port = 'port' in fields ? fields.port : 80;
  const protocol = fields.protocol ?? 'tcp';
  const id =
    address === undefined
      ? `fwm:${fields.fwmark}`
      : `${protocol}:${endpoint(address, port ?? 0)}`;
  return {
    ...DEFAULTS,
    family: address?.includes(':') ? 'inet6' : 'inet',
    id,
    ...fields,
    address,
    port,
    protocol,
  };
}

export function aFallback(place: string, fields: Partial<Fallback> = {}): Fallback {
  const { address, port } = aReal(place);
  return { address, port, method: 'masq', ...fields };
}

export function aConfig(
  virtuals: readonly VirtualService[],
  global: Partial<GlobalSettings> = {},
): Config {
  return {
    file: '/etc/ha.d/ldirectord.cf',
    digest: '',
    warnings: [],
    global: { ...GLOBAL, ...global },
    virtuals,
    options: {
      file: undefined,
      maxConnections: undefined,
      drainTimeoutMs: 86_400_000,
      workers: 1,
      workerTimeoutMs: 10_000,
      flowtable: [],
      connectionsFile: '/var/log/l4director-connections.log',
      haproxyNames: false,
      mode: 0o660,
      group: undefined,
      readOnlySocket: undefined,
      readOnlyMode: 0o666,
      user: undefined,
      roleCommand: undefined,
      web: undefined,
      dns: {
        servers: [],
        timeoutMs: 1000,
        minTtlMs: 1000,
        maxTtlMs: 300_000,
        holdMs: 5000,
        empty: 'keep',
        maxServers: 100,
      },
      peer: undefined,
    },
  };
}

const GLOBAL: GlobalSettings = {
  checkinterval: 10,
  autoreload: false,
  callback: undefined,
  logfile: '/var/log/ldirectord.log',
  execute: [],
  fork: false,
  supervised: false,
  cleanstop: true,
  maintenancedir: undefined,
  report: {},
};

const DEFAULTS = {
  line: 1,
  fwmark: undefined,
  scheduler: 'wrr',
  schedflags: undefined,
  persistent: undefined,
  netmask: undefined,
  ops: false,
  checktype: 'connect',
  checkport: undefined,
  checkcommand: '/bin/true',
  checktimeout: 5,
  negotiatetimeout: 30,
  checkinterval: 10,
  checkcount: 1,
  failurecount: 1,
  service: 'http',
  request: '/',
  receive: undefined,
  httpmethod: 'GET',
  virtualhost: undefined,
  login: '',
  passwd: '',
  database: '',
  secret: '',
  quiescent: false,
  readdquiescent: false,
  cleanstop: true,
  fallback: undefined,
  fallbackcommand: undefined,
  emailalert: undefined,
  emailalertfreq: 0,
  emailalertstatus: ['starting', 'running', 'stopping', 'reloading'],
  emailalertfrom: undefined,
  smtp: undefined,
  monitorfile: undefined,
  servicename: undefined,
  comment: undefined,
  reals: [],
  encoding: 'utf8',
  options: OPTIONS,
} as const satisfies Partial<VirtualService>;
