import { same } from '../model/same.ts';

/** Plans at work, one a real server, by its id. Disposing ends them. */
export interface Subscriptions<Plan> extends Disposable {
  /** These from now on. One whose plan stays the same goes on in its rhythm. */
  follow(wanted: ReadonlyMap<string, Plan>): void;
}

interface Subscription<Plan> {
  readonly plan: Plan;
  readonly handle: Disposable;
}

/** @param runner  makes the plans
 *  @param on      gets every report; not after its server left, and not after the disposal */
export function createSubscriptions<Plan, Report>(
  runner: { subscribe(plan: Plan, on: (report: Report) => void): Disposable },
  on: (realId: string, report: Report) => void,
): Subscriptions<Plan> {
  let subscriptions = new Map<string, Subscription<Plan>>();

  return {
    follow(wanted) {
      const before = subscriptions;
      subscriptions = new Map();
      for (const [id, plan] of wanted) {
        const known = before.get(id);
        if (known && same(known.plan, plan)) {
          subscriptions.set(id, known);
          before.delete(id);
        } else {
          const handle = runner.subscribe(plan, (report) => on(id, report));
          subscriptions.set(id, { plan, handle });
        }
      }
      // Last, so that a plan which another server needs as well is not ended in between.
      for (const { handle } of before.values()) handle[Symbol.dispose]();
    },
    [Symbol.dispose]() {
      for (const { handle } of subscriptions.values()) handle[Symbol.dispose]();
      subscriptions = new Map();
    },
  };
}
