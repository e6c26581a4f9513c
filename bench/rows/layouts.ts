import type { Options } from '../options.ts';
import { pinnedTo, twoProcessors } from '../pin.ts';
import type { Layout } from '../stage.ts';
import { everybody, everybodyOfUdp, LOGS, QUOTAS } from '../subjects/index.ts';

/** Connections that a load may have at once, besides those that idle. */
export const BUSY = 250;
/** Idle ones before those that are weighed, so that what a program sets up once is there. */
export const EARLIER = 500;

/** The stage of most rows: one service, two real servers. */
export function plain({ workers, idle }: Options): Layout {
  return {
    name: 'plain',
    ...{ reals: 2, services: 1, connections: EARLIER + idle + BUSY },
    kinds: everybody(workers),
  };
}

/** The plain one for as many as that has. */
export function manyReals(options: Options, reals: number): Layout {
  const usual = plain(options);
  return reals === usual.reals ? usual : { ...usual, name: `reals-${reals}`, reals };
}

/** The plain one for as many as that has. */
export function manyServices(options: Options, services: number): Layout {
  const usual = plain(options);
  return services === usual.services
    ? usual
    : { ...usual, name: `services-${services}`, services };
}

/** The plain one away from the load, where there are two processors. */
export function apart(options: Options): Layout {
  const two = twoProcessors();
  const usual = plain(options);
  return two ? { ...usual, name: 'apart', prefix: pinnedTo(two[1]) } : usual;
}

/** For many idle connections, over enough real servers that none runs out of ports. */
export function crowded(options: Options): Layout {
  const connections = options.open + BUSY;
  return { ...plain(options), name: 'crowd', reals: 16, connections };
}

/** One service of DNS over UDP, two real servers. */
export function dns({ workers }: Options): Layout {
  return {
    name: 'dns',
    ...{ reals: 2, services: 1, connections: BUSY, datagrams: true },
    kinds: everybodyOfUdp(workers),
  };
}

/** The director alone, with and without a connection log. */
export function logs(options: Options): Layout {
  return { ...plain(options), name: 'log', kinds: LOGS };
}

/** The director alone, under quotas. */
export function quotas(options: Options): Layout {
  return { ...plain(options), name: 'quota', kinds: QUOTAS };
}
