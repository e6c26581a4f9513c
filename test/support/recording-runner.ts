import { endpoint } from '../../lib/model/address.ts';
import type { CheckPlan, CheckReport, CheckRunner } from '../../lib/model/check.ts';

/** A check runner that checks nothing: the test gives the reports. */
export interface RecordingRunner extends CheckRunner {
  /** Subscriptions made since the beginning, those that ended included. */
  readonly made: () => number;
  /** Plans wanted now, in the order of their subscription. */
  plans(): readonly CheckPlan[];
  /** Gives a report to whoever has that real server (`10.1.1.21:80`) checked. */
  report(place: string, report: CheckReport): void;
  readonly maintenance: () => string | undefined;
}

export function recordingRunner(): RecordingRunner {
  const wanted = new Set<{ plan: CheckPlan; on: (report: CheckReport) => void }>();
  let made = 0;
  let directory: string | undefined;
  return {
    made: () => made,
    plans: () => [...wanted].map(({ plan }) => plan),
    maintenance: () => directory,
    subscribe(plan, on) {
      made++;
      const subscription = { plan, on };
      wanted.add(subscription);
      return { [Symbol.dispose]: () => wanted.delete(subscription) };
    },
    report(place, report) {
      for (const { plan, on } of [...wanted]) {
        const { address, realPort } = plan.target;
        if (endpoint(address, realPort) === place) on(report);
      }
    },
    maintenancedir(to) {
      directory = to;
    },
    async close() {},
  };
}
