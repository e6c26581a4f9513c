import type { VirtualService } from '../model/virtual-service.ts';
import { ALERT_STATES } from './directives/alerts.ts';
import { globalInterval } from './globals.ts';
import { lastOf, type Setting } from './parse.ts';

type Settings = readonly Setting[];
type Part<K extends keyof VirtualService> = Pick<VirtualService, K>;

/** Values that say where traffic goes. */
export function balancing(
  own: Settings,
): Part<'scheduler' | 'schedflags' | 'persistent' | 'netmask' | 'ops'> {
  return {
    scheduler: lastOf(own, 'scheduler') ?? 'wrr',
    schedflags: lastOf(own, 'schedflags'),
    persistent: lastOf(own, 'persistent') || undefined,
    netmask: lastOf(own, 'netmask'),
    ops: lastOf(own, 'ops') ?? false,
  };
}

type Checking = Part<
  | 'checktype'
  | 'checkport'
  | 'checkcommand'
  | 'checktimeout'
  | 'negotiatetimeout'
  | 'checkinterval'
  | 'checkcount'
  | 'failurecount'
  | 'request'
  | 'receive'
  | 'httpmethod'
  | 'virtualhost'
  | 'login'
  | 'passwd'
  | 'database'
  | 'secret'
>;

/** Values that say how real servers are checked, inheritance done. */
export function checking(own: Settings, global: Settings, hostname: string): Checking {
  const forked = lastOf(global, 'fork') ?? false;
  const receive = lastOf(own, 'receive');
  return {
    checktype: lastOf(own, 'checktype') ?? 'negotiate',
    checkport: lastOf(own, 'checkport'),
    checkcommand: lastOf(own, 'checkcommand') ?? '/bin/true',
    ...timeouts(own, global),
    checkinterval:
      (forked ? lastOf(own, 'checkinterval') : undefined) ?? globalInterval(global),
    checkcount: lastOf(own, 'checkcount') ?? lastOf(global, 'checkcount') ?? 1,
    failurecount: lastOf(own, 'failurecount') ?? lastOf(global, 'failurecount') ?? 1,
    request: lastOf(own, 'request') ?? '/',
    receive: receive?.perl === '' ? undefined : receive,
    httpmethod: lastOf(own, 'httpmethod') ?? 'GET',
    virtualhost: lastOf(own, 'virtualhost'),
    ...logins(own, hostname),
    database: lastOf(own, 'database') ?? '',
    secret: lastOf(own, 'secret') ?? '',
  };
}

/** Each is the other's default, a section's own first. Source: observed. */
function timeouts(
  own: Settings,
  global: Settings,
): Part<'checktimeout' | 'negotiatetimeout'> {
  const [check, negotiate] = [
    lastOf(own, 'checktimeout'),
    lastOf(own, 'negotiatetimeout'),
  ];
  const [allCheck, allNegotiate] = [
    lastOf(global, 'checktimeout'),
    lastOf(global, 'negotiatetimeout'),
  ];
  return {
    checktimeout: check ?? negotiate ?? allCheck ?? allNegotiate ?? 5,
    negotiatetimeout: negotiate ?? check ?? allNegotiate ?? allCheck ?? 30,
  };
}

/** A line `service=ftp` or `service=sip` fills in what is still empty at that point; a service
 *  that follows from the port does not. Source: observed. */
function logins(own: Settings, hostname: string): Part<'login' | 'passwd'> {
  const host = `ldirectord@${hostname}`;
  const defaults = new Map<unknown, Part<'login' | 'passwd'>>([
    ['ftp', { login: 'anonymous', passwd: host }],
    ['sip', { login: host, passwd: '' }],
  ]);
  const found = { login: '', passwd: '' };
  for (const { name, value } of own) {
    if (name === 'login' || name === 'passwd') found[name] = String(value);
    const implied = name === 'service' ? defaults.get(value) : undefined;
    found.login ||= implied?.login ?? '';
    found.passwd ||= implied?.passwd ?? '';
  }
  return found;
}

type Notifying = Part<
  | 'quiescent'
  | 'readdquiescent'
  | 'cleanstop'
  | 'fallbackcommand'
  | 'emailalert'
  | 'emailalertfreq'
  | 'emailalertstatus'
  | 'emailalertfrom'
  | 'smtp'
  | 'monitorfile'
  | 'servicename'
  | 'comment'
>;

/** Values that say what becomes of a server that is down, and who is told. */
export function notifying(own: Settings, global: Settings): Notifying {
  return {
    quiescent: lastOf(own, 'quiescent') ?? lastOf(global, 'quiescent') ?? false,
    readdquiescent: lastOf(global, 'readdquiescent') ?? false,
    cleanstop: lastOf(own, 'cleanstop') ?? lastOf(global, 'cleanstop') ?? true,
    fallbackcommand:
      lastOf(own, 'fallbackcommand') ?? lastOf(global, 'fallbackcommand'),
    emailalert: lastOf(own, 'emailalert') ?? lastOf(global, 'emailalert'),
    emailalertfreq:
      lastOf(own, 'emailalertfreq') ?? lastOf(global, 'emailalertfreq') ?? 0,
    emailalertstatus:
      lastOf(own, 'emailalertstatus') ??
      lastOf(global, 'emailalertstatus') ??
      ALERT_STATES,
    emailalertfrom: lastOf(global, 'emailalertfrom'),
    smtp: lastOf(own, 'smtp') ?? lastOf(global, 'smtp'),
    monitorfile: lastOf(own, 'monitorfile'),
    servicename: lastOf(own, 'servicename'),
    comment: lastOf(own, 'comment'),
  };
}
