import type { Traffic } from '../../lib/model/traffic.ts';

/** As many connections and clients as the test says, of whatever filter; what ends is gone. */
export interface RecordingTraffic extends Traffic {
  open: number;
  persisting: number;
  /** What was ended and forgotten, in order. */
  readonly calls: object[];
}

export function recordingTraffic(): RecordingTraffic {
  const traffic: RecordingTraffic = {
    open: 0,
    persisting: 0,
    calls: [],
    connections: async () => ({ items: [], total: traffic.open }),
    persistence: async () => ({ items: [], total: traffic.persisting }),
    async end(filter) {
      traffic.calls.push({ end: filter });
      const { open } = traffic;
      traffic.open = 0;
      return open;
    },
    async forget(filter) {
      traffic.calls.push({ forget: filter });
      const { persisting } = traffic;
      traffic.persisting = 0;
      return persisting;
    },
  };
  return traffic;
}
