import type { ProxyVersion } from '../model/proxy-header.ts';
import type { ServiceOptions } from '../model/virtual-service.ts';
import type { ProcessOptions } from './config.ts';
import { distinct } from './connection-values.ts';
import type { IniKey } from './ini-keys/ini-key.ts';
import { INI_KEYS, type IniKeyName, type IniValues } from './ini-keys.ts';
import type { CheckProxy } from './proxy-values.ts';

/** What the values say for the process. */
export function processOptions(
  common: IniValues,
  { file, web, peer }: Pick<ProcessOptions, 'file' | 'web' | 'peer'>,
): ProcessOptions {
  return {
    file,
    maxConnections: common.connections,
    drainTimeoutMs: common['drain-timeout'] ?? INI_KEYS['drain-timeout'].default,
    workers: common.workers ?? INI_KEYS.workers.default,
    workerTimeoutMs: common['worker-timeout'] ?? INI_KEYS['worker-timeout'].default,
    flowtable: common.flowtable ?? INI_KEYS.flowtable.default,
    connectionsFile: common['connections-file'] ?? INI_KEYS['connections-file'].default,
    haproxyNames: common['haproxy-names'] ?? INI_KEYS['haproxy-names'].default,
    mode: common.mode ?? INI_KEYS.mode.default,
    group: common.group,
    readOnlySocket: common['read-only-socket'],
    readOnlyMode: common['read-only-mode'] ?? INI_KEYS['read-only-mode'].default,
    user: userOf(common),
    roleCommand: common['role-command'],
    web,
    dns: dnsOptions(common),
    peer,
  };
}

function dnsOptions(common: IniValues): ProcessOptions['dns'] {
  return {
    servers: common['dns-servers'] ?? INI_KEYS['dns-servers'].default,
    timeoutMs: common['dns-timeout'] ?? INI_KEYS['dns-timeout'].default,
    minTtlMs: common['min-ttl'] ?? INI_KEYS['min-ttl'].default,
    maxTtlMs: common['max-ttl'] ?? INI_KEYS['max-ttl'].default,
    holdMs: 'dns-hold' in common ? common['dns-hold'] : INI_KEYS['dns-hold'].default,
    empty: common['dns-empty'] ?? INI_KEYS['dns-empty'].default,
    maxServers: common['max-servers'] ?? INI_KEYS['max-servers'].default,
  };
}

function userOf({ user, 'daemon-group': gid }: IniValues): ProcessOptions['user'] {
  return user && { ...user, gid: gid ?? user.gid };
}

/** A key's value for one service. */
type ValueOf = <K extends IniKeyName>(key: K) => (typeof INI_KEYS)[K]['default'];

/** What they say for the service of that id: of a key that is for others, its default. */
export function optionsFrom(values: IniValues, id: string): ServiceOptions {
  const value = <K extends IniKeyName>(key: K) => {
    const row: IniKey<unknown> = INI_KEYS[key];
    const own = row.only?.ids.test(id) === false ? undefined : values[key];
    return (own ?? row.default) as (typeof INI_KEYS)[K]['default'];
  };
  return {
    ...trafficOptions(value),
    ...checkOptions(value),
    ...alertOptions(value),
    ...limitOptions(value),
    realsFrom: value('reals-from'),
  };
}

function trafficOptions(value: ValueOf) {
  return {
    engine: value('engine'),
    snat: value('snat'),
    connectTimeoutMs: value('connect-timeout'),
    idleTimeoutMs: value('idle-timeout'),
    halfClosedTimeoutMs: value('half-closed-timeout'),
    udpIdleTimeoutMs: value('udp-idle-timeout'),
    udpAnswerTimeoutMs: value('udp-answer-timeout'),
    capture: value('capture'),
    sendProxy: value('send-proxy'),
    acceptProxy: value('accept-proxy'),
    acceptProxyTimeoutMs: value('accept-proxy-timeout'),
    sni: value('sni'),
    sniDefault: value('sni-default'),
    sniTimeoutMs: value('sni-timeout'),
    logConnections: value('log-connections'),
    dontlognull: value('dontlognull'),
    onDown: value('on-down'),
    maxAgeMs: value('max-age'),
    maxAgeJitter: value('max-age-jitter'),
    drainDeadlineMs: value('drain-deadline'),
    rebalance: value('rebalance'),
    source: distinct(value('source')),
    keepaliveMs: value('keepalive'),
  } as const satisfies Partial<ServiceOptions>;
}

function checkOptions(value: ValueOf) {
  return {
    tlsVerify: value('tls-verify'),
    tlsCa: value('tls-ca'),
    tlsExpiryDays: value('tls-expiry'),
    bodyLimit: value('body-limit'),
    agentPort: value('agent-port') ?? 0,
    agentIntervalMs: value('agent-interval'),
    agentSend: value('agent-send') ?? '',
    checkProxy: checkProxyFrom(value('check-send-proxy'), value('send-proxy')),
    rise: value('rise'),
    fall: value('fall'),
    downIntervalMs: value('down-interval'),
    checkJitter: value('check-jitter'),
    slowStartMs: value('slow-start'),
    panicThreshold: value('panic-threshold'),
    passive: value('passive'),
    passiveHoldMs: value('passive-hold'),
  } as const satisfies Partial<ServiceOptions>;
}

function alertOptions(value: ValueOf) {
  return {
    digest: value('digest'),
    webhook: value('webhook'),
    webhookSecretFile: value('webhook-secret-file'),
    webhookCa: value('webhook-ca'),
    webhookTimeoutMs: value('webhook-timeout'),
    webhookRetryForMs: value('webhook-retry-for'),
    command: value('command'),
    commandTimeoutMs: value('command-timeout'),
  } as const satisfies Partial<ServiceOptions>;
}

function limitOptions(value: ValueOf) {
  return {
    allow: value('allow'),
    deny: value('deny'),
    sourceConnections: value('source-connections'),
    sourceRate: value('source-rate'),
    sourceNetmask6: value('source-netmask6'),
    serverConnections: value('server-connections'),
    serviceConnections: value('service-connections'),
    queue: value('queue'),
    queueTimeoutMs: value('queue-timeout'),
    abortOnClose: value('abortonclose'),
  } as const satisfies Partial<ServiceOptions>;
}

function checkProxyFrom(
  wish: CheckProxy,
  sent: ProxyVersion | undefined,
): ProxyVersion | undefined {
  return wish === 'as sent' ? sent : wish;
}
