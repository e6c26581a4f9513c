import type { ServiceOptions } from '../model/virtual-service.ts';
import type { ProcessOptions } from './config.ts';
import { INI_KEYS, type IniKeyName, type IniValues } from './ini-keys.ts';

/** What the values say for the process. */
export function processOptions(
  common: IniValues,
  { file, web }: Pick<ProcessOptions, 'file' | 'web'>,
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
    web,
  };
}

function userOf({ user, 'daemon-group': gid }: IniValues): ProcessOptions['user'] {
  return user && { ...user, gid: gid ?? user.gid };
}

/** What they say for a service. */
export function optionsFrom(values: IniValues): ServiceOptions {
  const value = <K extends IniKeyName>(key: K) =>
    (values[key] ?? INI_KEYS[key].default) as (typeof INI_KEYS)[K]['default'];
  return {
    engine: value('engine'),
    snat: value('snat'),
    connectTimeoutMs: value('connect-timeout'),
    idleTimeoutMs: value('idle-timeout'),
    halfClosedTimeoutMs: value('half-closed-timeout'),
    udpIdleTimeoutMs: value('udp-idle-timeout'),
    udpAnswerTimeoutMs: value('udp-answer-timeout'),
    capture: value('capture'),
    tlsVerify: value('tls-verify'),
    tlsCa: value('tls-ca'),
    tlsExpiryDays: value('tls-expiry'),
    bodyLimit: value('body-limit'),
    agentPort: value('agent-port') ?? 0,
    agentIntervalMs: value('agent-interval'),
    agentSend: value('agent-send') ?? '',
    digest: value('digest'),
    logConnections: value('log-connections'),
    dontlognull: value('dontlognull'),
  };
}
