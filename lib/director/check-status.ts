import type { CheckedCertificate } from '../model/check.ts';
import type { CheckRecord, CheckStatus, CheckTotals } from '../model/status.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { ejectionText } from '../pool/passive.ts';
import type { RealServerState } from '../pool/pool.ts';
import { certificateStatus } from './certificates.ts';
import type { KeptReport } from './check-history.ts';

/** What is known besides the last result. */
interface CheckedSoFar {
  readonly certificate: CheckedCertificate | undefined;
  readonly totals: CheckTotals;
}

/** What the status says of a real server's check; null before its first result.
 *  @param now  wall clock, milliseconds since 1970 */
export function checkStatus(
  service: VirtualService,
  { report, failures, successes, ejected }: RealServerState,
  { certificate, totals }: CheckedSoFar,
  now: number,
): CheckStatus | null {
  if (!report) return null;
  return {
    type: String(service.checktype),
    service: service.service,
    ...checkRecord(report),
    ...(ejected ? { message: ejectionText(ejected) } : {}),
    ...{ failures, successes, rise: service.options.rise },
    totals,
    certificate: certificate ? certificateStatus(certificate, service, now) : null,
  };
}

/** One result, as the status words it. */
export function checkRecord(report: KeptReport): CheckRecord {
  const { at, durationMs, up, made = null, message } = report;
  return { at: new Date(at).toISOString(), durationMs, up, made, message };
}
