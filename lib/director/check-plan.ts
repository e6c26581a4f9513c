import { serviceNamed } from '../checks/index.ts';
import type { CheckPlan } from '../model/check.ts';
import { bytesOf } from '../model/file-text.ts';
import { LONGEST_TIMER_MS } from '../model/timer.ts';
import type { RealServer, VirtualService } from '../model/virtual-service.ts';
import type { Checking } from '../pool/pool.ts';

/** Whether the service's real servers are checked, and the reason for people where a check is
 *  missing. */
export function checkingOf({ checktype, unavailable }: VirtualService): {
  readonly checking: Checking;
  readonly problem: string | undefined;
} {
  if (unavailable !== undefined) return { checking: 'missing', problem: unavailable };
  return { checking: checktype === 'off' ? 'off' : 'checked', problem: undefined };
}

/** The check of one real server of a service: what the service says, but for the pair of
 *  request and receive that the real server's own line may hold. */
export function checkPlan(service: VirtualService, real: RealServer): CheckPlan {
  const bytes = (text: string) => bytesOf(text, service.encoding);
  const { virtualhost } = service;
  return {
    target: {
      family: service.family,
      protocol: service.protocol,
      address: real.address,
      port: checkPort(service, real),
      realPort: real.port,
      virtual: service.address ?? String(service.fwmark),
      virtualPort: service.port ?? 0,
      checktype: service.checktype,
      service: service.service,
      request: bytes(real.request ?? service.request),
      receive: real.receive ?? service.receive,
      httpmethod: service.httpmethod,
      virtualhost: virtualhost === undefined ? undefined : bytes(virtualhost),
      login: bytes(service.login),
      passwd: bytes(service.passwd),
      database: bytes(service.database),
      secret: bytes(service.secret),
      checkcommand: service.checkcommand,
      checkcount: service.checkcount,
      checktimeoutMs: milliseconds(service.checktimeout),
      negotiatetimeoutMs: milliseconds(service.negotiatetimeout),
      tlsVerify: service.options.tlsVerify,
      tlsCa: service.options.tlsCa,
      bodyLimit: service.options.bodyLimit,
      proxy: service.options.checkProxy,
    },
    intervalMs: milliseconds(service.checkinterval),
    downIntervalMs: service.options.downIntervalMs,
    jitter: service.options.checkJitter / 100,
  };
}

function milliseconds(seconds: number): number {
  return Math.min(seconds * 1000, LONGEST_TIMER_MS);
}

/** Source: ldirectord(8) "checkport"; observed for the rest. */
function checkPort(
  { checkport, service }: VirtualService,
  { port }: RealServer,
): number {
  return checkport ?? (port || (serviceNamed(service)?.port ?? 0));
}
