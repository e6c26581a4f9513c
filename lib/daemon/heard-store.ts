import type { KeptOverride, OverrideStore } from '../model/override.ts';

/** The store, and who hears of all that is kept in it. */
export interface HeardStore extends OverrideStore {
  /** What was kept last. */
  readonly kept: readonly KeptOverride[];
  hear(on: (overrides: readonly KeptOverride[]) => void): void;
}

export function heardStore(store: OverrideStore): HeardStore {
  let kept: readonly KeptOverride[] = [];
  let told: (overrides: readonly KeptOverride[]) => void = () => {};
  return {
    get kept() {
      return kept;
    },
    hear(on) {
      told = on;
    },
    of: (service) => store.of(service),
    drains: () => store.drains(),
    keep(overrides) {
      kept = overrides;
      told(overrides);
      return store.keep(overrides);
    },
  };
}
