import type { CheckedCertificate, CheckReport } from '../model/check.ts';
import type { Log } from '../model/log.ts';
import type { CertificateStatus } from '../model/status.ts';
import type { VirtualService } from '../model/virtual-service.ts';

const DAY_MS = 86_400_000;

/** The last certificate of each real server of a service, by its id. Says in the log when one is
 *  about to expire: as soon as it is seen, then once a day. */
export class Certificates {
  readonly #log: Log;
  readonly #known = new Map<string, Known>();

  constructor(log: Log) {
    this.#log = log;
  }

  of(realId: string): CheckedCertificate | undefined {
    return this.#known.get(realId)?.certificate;
  }

  note(service: VirtualService, realId: string, report: CheckReport): void {
    const { certificate, at } = report;
    if (certificate === undefined) {
      if (showsNone(service, report)) this.#known.delete(realId);
      return;
    }
    // Kept while all is well too: of two certificates that come in turns one may be the older.
    let toldAt = this.#known.get(realId)?.toldAt ?? -Infinity;
    const { problem } = certificateStatus(certificate, service, at);
    if (problem !== null && at - toldAt >= DAY_MS) {
      toldAt = at;
      const { subject } = certificate;
      this.#log.warn(`Certificate ${problem}: ${realId} (${service.id}) (${subject})`);
    }
    this.#known.set(realId, { certificate, toldAt });
  }

  /** Forgets every other server. */
  keep(realIds: { has(id: string): boolean }): void {
    for (const id of this.#known.keys()) if (!realIds.has(id)) this.#known.delete(id);
  }
}

interface Known {
  readonly certificate: CheckedCertificate;
  readonly toldAt: number;
}

/** A good check without TLS means that the server is asked without it now. But the connects of a
 *  combined check never look, and one that failed may not have got that far. */
function showsNone({ checktype }: VirtualService, { up, made }: CheckReport): boolean {
  return up && !(typeof checktype === 'number' && made === 'connect');
}

/** What the status says of a certificate at that time. */
export function certificateStatus(
  { expiresAt, subject }: CheckedCertificate,
  { options }: Pick<VirtualService, 'options'>,
  now: number,
): CertificateStatus {
  const left = expiresAt - now;
  const daysLeft = Math.floor(left / DAY_MS);
  const expires = new Date(expiresAt).toISOString();
  const soon = left <= options.tlsExpiryDays * DAY_MS;
  const problem = soon ? `${when(daysLeft)}, on ${expires.slice(0, 10)}` : null;
  return { expires, daysLeft, subject, problem };
}

function when(daysLeft: number): string {
  if (daysLeft < 0) return 'has expired';
  if (daysLeft === 0) return 'expires within a day';
  return `expires in ${daysLeft} day${daysLeft === 1 ? '' : 's'}`;
}
