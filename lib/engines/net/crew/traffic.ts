import type {
  Connection,
  Listed,
  PersistenceEntry,
  Traffic,
} from '../../../model/traffic.ts';
import type { Heard, Inquiries } from './inquiries.ts';

/** What goes through the workers. Each looks through its own, some milliseconds at a time; one that has
 *  died has nothing any more, and one that does not answer is left out. But a list of one service is
 *  given only whole: who takes its server away goes by it. */
export function createTraffic(inquiries: Pick<Inquiries, 'ask'>): Traffic {
  return {
    // What a worker sends is what it was asked for.
    connections: async (filter, most) =>
      listed(
        await inquiries.ask({ about: 'connections', filter, most }),
        filter,
      ) as Listed<Connection>,
    persistence: async (filter, most) =>
      listed(
        await inquiries.ask({ about: 'persistence', filter, most }),
        filter,
      ) as Listed<PersistenceEntry>,
    end: async (filter) => (await inquiries.ask({ about: 'end', filter })).total,
    forget: async (filter) => (await inquiries.ask({ about: 'forget', filter })).total,
  };
}

/** @throws where it has to be whole, and is not */
function listed(
  { items, total, silent }: Heard,
  { service }: { readonly service?: string | undefined },
): Listed<unknown> {
  if (silent > 0 && service !== undefined)
    throw new Error(
      `a list of one service has to be whole, and ${silent} of the worker threads did not answer within 2 s`,
    );
  return { items, total };
}
