import type { Alerts } from '../../lib/alerts/alerts.ts';
import type { Notice, Subject } from '../../lib/alerts/notice.ts';
import type { StateChange } from '../../lib/alerts/state-change.ts';
import type { CheckReport } from '../../lib/model/check.ts';

/** What a director tells, kept in order. */
export interface RecordingAlerts
  extends Pick<Alerts, 'follow' | 'tell' | 'checked' | 'changed'> {
  readonly told: readonly (Notice & { readonly about: Subject | undefined })[];
  /** `SERVICE REAL`, with the report. */
  readonly reports: readonly (readonly [place: string, report: CheckReport])[];
  /** Changes of state, with the service's id. */
  readonly changes: readonly (StateChange & { readonly service: string })[];
  /** Ids of the services that are followed. */
  readonly followed: () => readonly string[];
}

export function recordingAlerts(): RecordingAlerts {
  const told: (Notice & { about: Subject | undefined })[] = [];
  const reports: [string, CheckReport][] = [];
  const changes: (StateChange & { service: string })[] = [];
  let followed: readonly string[] = [];
  return {
    told,
    reports,
    changes,
    followed: () => followed,
    follow(services) {
      followed = services.map(({ id }) => id);
    },
    changed: ({ id }, change) => void changes.push({ ...change, service: id }),
    tell: (_service, notice, about) => void told.push({ ...notice, about }),
    checked: (service, real, report) =>
      void reports.push([`${service.id} ${real.id}`, report]),
  };
}
