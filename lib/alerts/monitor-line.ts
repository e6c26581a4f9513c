import type { CheckReport } from '../model/check.ts';
import { ctime } from '../model/ctime.ts';
import type { RealServer, VirtualService } from '../model/virtual-service.ts';

/** Whether a report goes to the monitorfile: one of a check does, and one of a server in
 *  maintenance. */
export function isMonitored(
  { checktype }: Pick<VirtualService, 'checktype'>,
  { maintenance }: Pick<CheckReport, 'maintenance'>,
): boolean {
  return maintenance || (checktype !== 'on' && checktype !== 'off');
}

/** `[DATE] [PID] IDENTITY [up|down] TEXT`. The identity says what is checked, words between
 *  blanks: `negotiate http tcp 10.1.1.21 80 1 masq /index.html Test Page`. Source: observed. */
export function monitorLine(
  service: VirtualService,
  real: RealServer,
  report: CheckReport,
): string {
  const state = report.up ? 'up' : 'down';
  const at = ctime(new Date(report.at));
  const text = escaped(report.message) || '-';
  return `[${at}] [${process.pid}] ${identity(service, real)} [${state}] ${text}\n`;
}

/** Runs of colons become one blank, backslashes go. */
function identity(service: VirtualService, real: RealServer): string {
  return [
    checkName(service),
    service.protocol,
    real.address.includes(':') ? `[${real.address}]` : real.address,
    real.port,
    service.virtualhost ?? '',
    service.checkport ?? '',
    real.weight,
    real.method,
    withoutLogin(real.request ?? service.request),
    (real.receive ?? service.receive)?.perl ?? '',
  ]
    .join(':')
    .replace(/:+/g, ' ')
    .replaceAll('\\', '')
    .replace(/[\r\n]+/g, ' ');
}

/** A request may be a URL, and that may hold a login and a password. */
function withoutLogin(request: string): string {
  return request.replace(/\/\/[^/?#]*@/g, '//***@');
}

function checkName({ checktype, service, checkcommand }: VirtualService): string {
  switch (checktype) {
    case 'negotiate':
      return `negotiate:${service}`;
    case 'external':
    case 'external-perl':
      return `${checktype}:${checkcommand}`;
    default:
      return typeof checktype === 'number' ? `combined:${service}` : checktype;
  }
}

function escaped(text: string): string {
  return text.replace(
    /[%|\r\n]/g,
    (found) => `%${found.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
