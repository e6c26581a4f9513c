import type { GlobalSettings } from './config.ts';
import { ALERT_STATES } from './directives/alerts.ts';
import type { OpenFallback } from './fallback.ts';
import { type Globals, globalInterval } from './globals.ts';
import { lastOf } from './parse.ts';

/** Global directives in force. */
export function globalSettings(globals: Globals): GlobalSettings {
  const { settings } = globals;
  const execute = settings
    .filter((setting) => setting.name === 'execute')
    .map((setting) => String(setting.value));
  return {
    checkinterval: globalInterval(settings),
    autoreload: lastOf(settings, 'autoreload') ?? false,
    callback: lastOf(settings, 'callback') || undefined,
    logfile: lastOf(settings, 'logfile') ?? '/var/log/ldirectord.log',
    execute: [...new Set(execute)],
    fork: lastOf(settings, 'fork') ?? false,
    supervised: lastOf(settings, 'supervised') ?? false,
    cleanstop: lastOf(settings, 'cleanstop') ?? true,
    maintenancedir: lastOf(settings, 'maintenancedir'),
    report: globalReport(globals, [...new Set(execute)]),
  };
}

function globalReport(
  { settings, fallbacks }: Globals,
  execute: readonly string[],
): Readonly<Record<string, unknown>> {
  const value = (name: Parameters<typeof lastOf>[1]) => lastOf(settings, name) ?? null;
  return {
    checktimeout: value('checktimeout'),
    negotiatetimeout: value('negotiatetimeout'),
    checkinterval: globalInterval(settings),
    checkcount: value('checkcount') ?? 1,
    failurecount: value('failurecount') ?? 1,
    autoreload: value('autoreload') ?? false,
    callback: value('callback'),
    fallback: fallbackReport(fallbacks.inet?.tcp),
    fallback6: fallbackReport(fallbacks.inet6?.tcp),
    fallbackcommand: value('fallbackcommand'),
    logfile: value('logfile') ?? '/var/log/ldirectord.log',
    execute,
    fork: value('fork') ?? false,
    supervised: value('supervised') ?? false,
    quiescent: value('quiescent') ?? false,
    readdquiescent: value('readdquiescent') ?? false,
    cleanstop: value('cleanstop') ?? true,
    emailalert: value('emailalert') ?? '',
    emailalertfreq: value('emailalertfreq') ?? 0,
    emailalertstatus: value('emailalertstatus') ?? ALERT_STATES,
    emailalertfrom: value('emailalertfrom'),
    smtp: value('smtp'),
    maintenancedir: value('maintenancedir'),
  };
}

function fallbackReport(fallback: OpenFallback | undefined) {
  if (fallback === undefined) return null;
  const { address, port, method } = fallback;
  return { address, port: port ?? null, method };
}
