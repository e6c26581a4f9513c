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

/** @param subscribe  begins the plan of one real server; disposing what it returns ends that */
export function createSubscriptions<Plan>(
  subscribe: (realId: string, plan: Plan) => Disposable,
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
          subscriptions.set(id, { plan, handle: subscribe(id, plan) });
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
