import type { Alerts } from '../../lib/alerts/alerts.ts';
import type { Notice, Subject } from '../../lib/alerts/notice.ts';
import type { CheckReport } from '../../lib/model/check.ts';

/** What a director tells, kept in order. */
export interface RecordingAlerts extends Pick<Alerts, 'follow' | 'tell' | 'checked'> {
  readonly told: readonly (Notice & { readonly about: Subject | undefined })[];
  /** `SERVICE REAL`, with the report. */
  readonly reports: readonly (readonly [place: string, report: CheckReport])[];
  /** Ids of the services that are followed. */
  readonly followed: () => readonly string[];
}

export function recordingAlerts(): RecordingAlerts {
  const told: (Notice & { about: Subject | undefined })[] = [];
  const reports: [string, CheckReport][] = [];
  let followed: readonly string[] = [];
  return {
    told,
    reports,
    followed: () => followed,
    follow(services) {
      followed = services.map(({ id }) => id);
    },
    tell: (_service, notice, about) => void told.push({ ...notice, about }),
    checked: (service, real, report) =>
      void reports.push([`${service.id} ${real.id}`, report]),
  };
}
