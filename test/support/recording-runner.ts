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
  /** What the one who has that real server checked says of it; undefined: it is not to be asked. */
  isDown(place: string): boolean | undefined;
  readonly maintenance: () => string | undefined;
}

/** A plan that is wanted. */
interface Wanted {
  readonly plan: CheckPlan;
  readonly on: (report: CheckReport) => void;
  readonly isDown: (() => boolean) | undefined;
}

export function recordingRunner(): RecordingRunner {
  const wanted = new Set<Wanted>();
  const of = (place: string) =>
    [...wanted].filter(({ plan: { target } }) => {
      return endpoint(target.address, target.realPort) === place;
    });
  let made = 0;
  let directory: string | undefined;
  return {
    made: () => made,
    plans: () => [...wanted].map(({ plan }) => plan),
    maintenance: () => directory,
    subscribe(plan, on, isDown) {
      made++;
      const subscription = { plan, on, isDown };
      wanted.add(subscription);
      return { [Symbol.dispose]: () => wanted.delete(subscription) };
    },
    report(place, report) {
      for (const { on } of of(place)) on(report);
    },
    isDown: (place) => of(place)[0]?.isDown?.(),
    maintenancedir(to) {
      directory = to;
    },
    async close() {},
  };
}
