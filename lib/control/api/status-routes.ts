import { MOST_CHECKS, type StatusDocument } from '../../model/status.ts';
import { haproxyFamilies } from '../haproxy/families.ts';
import { statusFamilies } from '../metrics.ts';
import { type Family, formatFamilies, METRICS_TYPE } from '../prometheus.ts';
import type { Route } from '../routes.ts';
import { shared } from '../shared.ts';
import { readQuery, wholeNumber } from './query.ts';
import { JSON_TYPE, jsonBytes } from './row.ts';
import { STATUS } from './status-shapes.ts';

const COLLECT_MS = 5_000;

/** @param checks  results of each real server, 0 to 20 */
export type Collect = (checks: number) => Promise<StatusDocument>;

export interface StatusSources {
  readonly status: Collect;
  /** What `/metrics` has beside the status. */
  readonly families: () => Promise<readonly Family[]>;
  /** Whether they stand there under HAProxy's names too. */
  readonly haproxyNames?: () => boolean;
  /** Told when a collection fails; those who asked are told too. */
  readonly failed: (error: unknown) => void;
}

export const CHECKS = {
  checks: wholeNumber(
    { least: 1, most: MOST_CHECKS },
    'the last results of each real server, so many',
    MOST_CHECKS,
  ),
};

/** Those who ask for the same at once share one collection, which none of them is too early for. */
export function sharedStatus({ status, failed }: StatusSources): Collect {
  return shared(reported(status, failed), COLLECT_MS);
}

/** The whole status, as JSON and for Prometheus. */
export function statusRoutes(
  collect: Collect,
  { families, haproxyNames, failed }: StatusSources,
): readonly Route[] {
  const bytes = once(jsonBytes);
  const metrics = async (document: StatusDocument) => {
    const own = [...statusFamilies(document), ...(await families())];
    const known = haproxyNames?.() ? haproxyFamilies(document, Date.now()) : [];
    return Buffer.from(formatFamilies(own) + formatFamilies(known, 'haproxy_'));
  };
  const sharedMetrics = once(reported(metrics, failed));
  return [
    {
      method: 'GET',
      path: '/v1/status',
      summary: 'everything: every virtual service with its real servers',
      query: CHECKS,
      type: JSON_TYPE,
      answer: STATUS,
      refusals: [],
      handler: async ({ query }) =>
        bytes(await collect(readQuery(CHECKS, query, false).checks ?? 0)),
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'counters and gauges in the text format of Prometheus',
      query: {},
      type: METRICS_TYPE,
      refusals: [],
      handler: async () => sharedMetrics(await collect(0)),
    },
  ];
}

/** Made once of each document, for all who share it. */
function once<T>(
  make: (document: StatusDocument) => T,
): (document: StatusDocument) => T {
  const made = new WeakMap<StatusDocument, { readonly of: T }>();
  return (document) => {
    const known = made.get(document) ?? { of: make(document) };
    made.set(document, known);
    return known.of;
  };
}

function reported<T, K>(
  work: (key: K) => Promise<T>,
  failed: (error: unknown) => void,
): (key: K) => Promise<T> {
  return async (key) => {
    try {
      return await work(key);
    } catch (error) {
      failed(error);
      throw error;
    }
  };
}
