import type {
  Connection,
  Listed,
  PersistenceEntry,
  Traffic,
} from '../../model/traffic.ts';
import type { Inquiries } from './inquiries.ts';

/** What goes through the workers. Each looks through its own, some milliseconds at a time; one that has
 *  died has nothing any more, and one that does not answer is left out. */
export function createTraffic(inquiries: Pick<Inquiries, 'ask'>): Traffic {
  return {
    // What a worker sends is what it was asked for.
    connections: async (filter, most) =>
      (await inquiries.ask({
        about: 'connections',
        filter,
        most,
      })) as Listed<Connection>,
    persistence: async (filter, most) =>
      (await inquiries.ask({
        about: 'persistence',
        filter,
        most,
      })) as Listed<PersistenceEntry>,
    end: async (filter) => (await inquiries.ask({ about: 'end', filter })).total,
    forget: async (filter) => (await inquiries.ask({ about: 'forget', filter })).total,
  };
}
