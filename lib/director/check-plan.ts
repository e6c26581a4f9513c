import { serviceNamed, unavailable } from '../checks/index.ts';
import type { CheckPlan, CheckTarget } from '../model/check.ts';
import type { RealServer, VirtualService } from '../model/virtual-service.ts';
import type { Checking } from '../pool/pool.ts';

/** Whether the service's real servers are checked, and the reason for people where a check is
 *  missing. */
export function checkingOf({ checktype, service }: VirtualService): {
  readonly checking: Checking;
  readonly problem: string | undefined;
} {
  const problem = unavailable(checktype, service);
  if (problem !== undefined) return { checking: 'missing', problem };
  return { checking: checktype === 'off' ? 'off' : 'checked', problem };
}

/** The check of one real server of a service. Fields that the check type does not read are left
 *  blank, so that services which ask the same share one check. */
export function checkPlan(service: VirtualService, real: RealServer): CheckPlan {
  const { family, protocol, checktype, options } = service;
  const base: CheckTarget = {
    family,
    protocol,
    address: real.address,
    port: checkPort(service, real),
    realPort: real.port,
    checktype,
    checktimeoutMs: service.checktimeout * 1000,
    negotiatetimeoutMs: service.negotiatetimeout * 1000,
    checkcount: service.checkcount,
    ...NOTHING_ASKED,
    bodyLimit: options.bodyLimit,
  };
  return {
    target: { ...base, ...asked(service, real) },
    intervalMs: service.checkinterval * 1000,
  };
}

/** Source: ldirectord(8) "checkport"; observed for the rest. */
function checkPort(service: VirtualService, real: RealServer): number {
  return service.checkport ?? (real.port || (serviceNamed(service.service)?.port ?? 0));
}

const NOTHING_ASKED = {
  virtual: '',
  virtualPort: 0,
  service: '',
  request: '',
  receive: undefined,
  httpmethod: 'GET',
  virtualhost: undefined,
  login: '',
  passwd: '',
  database: '',
  secret: '',
  checkcommand: '',
  tlsVerify: true,
  tlsCa: undefined,
} as const satisfies Partial<CheckTarget>;

/** The fields that this check type reads beyond the address. */
function asked(service: VirtualService, real: RealServer): Partial<CheckTarget> {
  const { checktype } = service;
  if (checktype === 'external' || checktype === 'external-perl')
    return {
      virtual: service.address ?? String(service.fwmark),
      virtualPort: service.port ?? 0,
      checkcommand: service.checkcommand,
    };
  if (checktype !== 'negotiate' && typeof checktype !== 'number') return {};
  return {
    service: service.service,
    request: real.request ?? service.request,
    receive: real.receive ?? service.receive,
    httpmethod: service.httpmethod,
    virtualhost: service.virtualhost,
    login: service.login,
    passwd: service.passwd,
    database: service.database,
    secret: service.secret,
    tlsVerify: service.options.tlsVerify,
    tlsCa: service.options.tlsCa,
  };
}
