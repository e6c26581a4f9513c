import type { NameStatus } from '../../lib/model/name-status.ts';
import type { PeerStatus } from '../../lib/model/peer.ts';
import type {
  AgentStatus,
  RealStatus,
  ServiceStatus,
  StatusDocument,
} from '../../lib/model/status.ts';

/** A status with one virtual service of two real servers; every field can be set. */
export function statusDocument(fields: Partial<StatusDocument> = {}): StatusDocument {
  return {
    version: '0.1.0',
    pid: 4711,
    uptimeSeconds: 93_784,
    user: 'root',
    capabilities: ['CAP_NET_BIND_SERVICE', 'CAP_NET_ADMIN', 'CAP_NET_RAW'],
    config: '/etc/ha.d/ldirectord.cf',
    configError: null,
    services: [serviceStatus()],
    names: [],
    peers: [],
    workers: [
      { openConnections: 3, acceptedConnections: 600, restarts: 0 },
      { openConnections: 1, acceptedConnections: 604, restarts: 1 },
    ],
    mail: { sent: 7, failed: 2, dropped: 1, pending: 3, problem: null },
    webhooks: { sent: 40, failed: 5, dropped: 2, pending: 6, problem: null },
    alertCommands: { sent: 41, failed: 4, dropped: 4, pending: 1, problem: null },
    role: 'active',
    ...fields,
  };
}

/** One of many services with 10 real servers each: 6 kB a service. */
export function largeStatus(services = 100): StatusDocument {
  const service = (s: number) =>
    serviceStatus({
      id: `tcp:10.1.1.${s}:80`,
      reals: Array.from({ length: 10 }, (_, r) =>
        realStatus({ id: `10.2.${s}.${r}:80` }),
      ),
    });
  return statusDocument({
    services: Array.from({ length: services }, (_, s) => service(s)),
  });
}

/** A name that two servers answered to, one of which the last answer does not name. */
export function nameStatus(fields: Partial<NameStatus> = {}): NameStatus {
  return {
    name: 'www.example.com',
    type: 'A',
    records: ['10.1.1.21', '10.1.1.22'],
    missing: ['10.1.1.22'],
    answeredAt: '2026-11-23T20:00:00.000Z',
    nextSeconds: 12.5,
    answers: 31,
    failures: 4,
    problem: null,
    ...fields,
  };
}

/** A peer that is connected. */
export function peerStatus(fields: Partial<PeerStatus> = {}): PeerStatus {
  return {
    peer: '10.1.1.3:7400',
    connected: true,
    heard: true,
    since: '2026-11-23T20:00:00.000Z',
    sent: 1841,
    received: 17,
    behind: 0,
    dropped: 0,
    problem: null,
    ...fields,
  };
}

/** A virtual service that is up. */
export function serviceStatus(fields: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    id: 'tcp:10.1.1.19:80',
    address: '10.1.1.19',
    port: 80,
    fwmark: null,
    protocol: 'tcp',
    scheduler: 'rr',
    engine: 'net',
    engineReason: 'engine = net',
    state: 'up',
    problem: null,
    fallbackActive: false,
    persistent: null,
    netmask: null,
    drainDeadlineSeconds: null,
    acceptedConnections: 1204,
    refusedConnections: 3,
    retries: 2,
    proxyHeaderErrors: 0,
    retiredConnections: 4,
    sniUnmatched: 0,
    sniErrors: 0,
    persistenceEntries: 0,
    limits: { denied: 4, limited: 5, queued: 6, mostQueued: 7, queueTimeouts: 8 },
    reals: [realStatus(), realStatus({ id: '10.1.1.22:80', address: '10.1.1.22' })],
    ...fields,
  };
}

/** An agent that wants half of a weight of 10. */
export function agentStatus(fields: Partial<AgentStatus> = {}): AgentStatus {
  return {
    port: 9990,
    line: '50% up',
    at: '2026-11-23T20:00:00.000Z',
    durationMs: 2,
    problem: null,
    state: 'ready',
    percent: 50,
    down: null,
    weight: 5,
    ...fields,
  };
}

/** A real server that is up, with its check. */
export function realStatus(fields: Partial<RealStatus> = {}): RealStatus {
  return {
    id: '10.1.1.21:80',
    address: '10.1.1.21',
    port: 80,
    method: 'masq',
    from: null,
    weight: 1,
    configuredWeight: 1,
    inForce: true,
    state: 'up',
    warming: null,
    override: null,
    agent: null,
    since: '2026-11-23T18:00:00.000Z',
    activeConnections: 3,
    inactiveConnections: 1,
    totalConnections: 602,
    bytesIn: 1_234_567,
    bytesOut: 33_000_000,
    connectFailures: 0,
    downs: 2,
    downSeconds: 61.5,
    ejections: 0,
    fallback: false,
    role: fields.fallback ? 'fallback' : 'real',
    check: {
      type: 'negotiate',
      service: 'http',
      up: true,
      at: '2026-11-23T20:00:00.000Z',
      durationMs: 3,
      made: 'negotiate',
      message: '200 OK',
      failures: 0,
      successes: 0,
      rise: 1,
      totals: { up: 5400, down: 7, seconds: 16.4 },
      certificate: {
        expires: '2027-06-01T12:00:00.000Z',
        daysLeft: 189,
        subject: 'CN=www.example.net',
        problem: null,
      },
    },
    ...fields,
  };
}
