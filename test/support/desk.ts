import {
  type Changed,
  type Desk,
  NotFound,
  NotPossible,
} from '../../lib/director/desk.ts';
import { createEventLog, type WritableEventLog } from '../../lib/director/event-log.ts';
import type { Override } from '../../lib/model/override.ts';
import type { Connection, PersistenceEntry } from '../../lib/model/traffic.ts';

/** A desk with two real servers, two connections and a persistence entry, that does what it is
 *  told and says so. */
export interface RecordingDesk extends Desk {
  /** What it was told, in words. */
  readonly told: string[];
  readonly events: WritableEventLog;
  /** Drains that wait. */
  readonly draining: Set<{ readonly empty: () => void; readonly fail: () => void }>;
}

const SERVICE = 'tcp:10.1.1.19:80';
const REALS = ['10.1.1.21:80', '10.1.1.22:80'];
const NOON = '2026-11-26T12:00:00.000Z';

export const CONNECTIONS: readonly Connection[] = [
  {
    id: '0-17',
    service: SERVICE,
    server: '10.1.1.21:80',
    client: '192.0.2.7:51234',
    protocol: 'tcp',
    state: 'open',
    since: NOON,
    bytesIn: 5,
    bytesOut: 7,
  },
  {
    id: '0-18',
    service: SERVICE,
    server: null,
    client: '[2001:db8::7]:51234',
    protocol: 'tcp',
    state: 'opening',
    since: null,
    bytesIn: null,
    bytesOut: null,
  },
];

export const PERSISTENCE: readonly PersistenceEntry[] = [
  {
    service: SERVICE,
    server: '10.1.1.21:80',
    client: '192.0.2.0/24',
    expiresSeconds: 12.5,
  },
];

export function recordingDesk(): RecordingDesk {
  const told: string[] = [];
  const overrides = new Map<string, Override>();
  const draining: RecordingDesk['draining'] = new Set();
  const expect = ({ service }: { readonly service?: string | undefined }) => {
    if (service !== undefined && service !== SERVICE)
      throw new NotFound(`there is no virtual service ${service}`);
  };
  const say = (what: string, details: unknown, by: string) =>
    told.push(`${what} ${JSON.stringify(details)} by ${by}`);
  return {
    told,
    draining,
    events: createEventLog(() => Date.parse(NOON)),
    async change(ref, wish, by): Promise<Changed> {
      expect(ref);
      if (ref.real.startsWith('fallback:')) throw new NotPossible('the fallback');
      if (!REALS.includes(ref.real)) throw new NotFound(`no real server ${ref.real}`);
      say('change', { ...ref, ...wish }, by);
      const before = overrides.get(ref.real) ?? null;
      const { state = before?.state ?? 'ready', weight = before?.weight ?? null } =
        wish;
      const after = { state, weight, by, since: NOON };
      overrides.set(ref.real, after);
      return { ...ref, before, after };
    },
    async drain(ref, { withinMs, by }) {
      await this.change(ref, { state: 'drain' }, by);
      await new Promise<void>((resolve, reject) => {
        const fail = () => reject(new NotPossible('something else was wished'));
        draining.add({ empty: resolve, fail });
        if (withinMs === 0) resolve();
      });
      return { ended: 2, forgotten: 1, seconds: withinMs / 1000 };
    },
    async connections(filter, most) {
      expect(filter);
      return { items: CONNECTIONS.slice(0, most), total: CONNECTIONS.length };
    },
    async persistence(filter, most) {
      expect(filter);
      return { items: PERSISTENCE.slice(0, most), total: PERSISTENCE.length };
    },
    async end(filter, by) {
      expect(filter);
      const ids = CONNECTIONS.map(({ id }) => id);
      if (filter.id !== undefined && !ids.includes(filter.id))
        throw new NotFound(`there is no connection ${filter.id}`);
      say('end', filter, by);
      return filter.id === undefined ? 2 : 1;
    },
    async forget(filter, by) {
      expect(filter);
      say('forget', filter, by);
      return 1;
    },
  };
}
