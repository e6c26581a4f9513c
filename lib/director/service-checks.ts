import type { CheckPlan, CheckReport, CheckRunner } from '../model/check.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { checkingOf, checkPlan } from './check-plan.ts';
import { createSubscriptions } from './subscriptions.ts';

/** The checks of one virtual service's real servers. Disposing ends them. */
export interface ServiceChecks extends Disposable {
  /** Checks what the service says from now on. A check whose plan stays the same goes on in its
   *  rhythm. */
  follow(service: VirtualService): void;
}

/** @param on      gets every report; not after its server left, and not after the disposal
 *  @param isDown  whether that server is down, for the interval of its checks */
export function createServiceChecks(
  runner: CheckRunner,
  on: (realId: string, report: CheckReport) => void,
  isDown: (realId: string) => boolean,
): ServiceChecks {
  const subscriptions = createSubscriptions<CheckPlan>((id, plan) =>
    runner.subscribe(
      plan,
      (report) => on(id, report),
      plan.downIntervalMs === undefined ? undefined : () => isDown(id),
    ),
  );
  return {
    follow: (service) => subscriptions.follow(plans(service)),
    [Symbol.dispose]: () => subscriptions[Symbol.dispose](),
  };
}

function plans(service: VirtualService): ReadonlyMap<string, CheckPlan> {
  const wanted = new Map<string, CheckPlan>();
  // Off too: a server may be put in maintenance.
  if (checkingOf(service).checking === 'missing') return wanted;
  for (const real of service.reals)
    if (!wanted.has(real.id)) wanted.set(real.id, checkPlan(service, real));
  return wanted;
}
