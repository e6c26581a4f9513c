import type {
  RealState,
  RealStatus,
  ServiceStatus,
  StatusDocument,
} from '../../model/status.ts';
import { type Family, formatLabels, type Sample } from '../prometheus.ts';
import { CHECK_STATES, checkState } from './check-status.ts';
import { BACKEND, FRONTEND, type HaproxyMetric, PROCESS, SERVER } from './tables.ts';

/** HAProxy's words for a server, in the order of its exporter (2.6, observed). */
const SERVER_STATES = ['DOWN', 'UP', 'MAINT', 'DRAIN', 'NOLB'] as const;
const PROXY_STATES = ['DOWN', 'UP'] as const;

/** One that is not checked counts as up with HAProxy. */
const SERVER_STATE: Readonly<Record<RealState, (typeof SERVER_STATES)[number]>> = {
  starting: 'DOWN',
  up: 'UP',
  down: 'DOWN',
  drain: 'DRAIN',
  maintenance: 'MAINT',
  unchecked: 'UP',
  standby: 'UP',
};

interface Labelled<T> {
  readonly of: T;
  readonly labels: Readonly<Record<string, string>>;
}

/** The status under the names of HAProxy's exporter, without their `haproxy_`: for dashboards that were made for
 *  that. A virtual service is a frontend and a backend of its id, as a `listen` section is.
 *  @param now  milliseconds since 1970 */
export function haproxyFamilies(
  document: StatusDocument,
  now: number,
): readonly Family[] {
  const services = document.services.map((of) => ({ of, labels: { proxy: of.id } }));
  const servers = document.services.flatMap(({ id, reals }) =>
    reals.map((of) => ({ of, labels: { proxy: id, server: of.id } })),
  );
  const read = <T>(rows: readonly HaproxyMetric<T>[], things: readonly Labelled<T>[]) =>
    rows.map((row) => familyOf(row, things, now));
  const carried = ({ state }: ServiceStatus) =>
    state === 'up' || state === 'panic' || state === 'fallback' ? 'UP' : 'DOWN';
  const serverState = ({ state }: RealStatus) => SERVER_STATE[state];
  return [
    ...read(PROCESS, [{ of: document, labels: {} }]),
    ...read(FRONTEND, services),
    states('frontend_status', PROXY_STATES, services, carried),
    ...read(BACKEND, services),
    states('backend_status', PROXY_STATES, services, carried),
    agreement(services, serverState),
    ...read(SERVER, servers),
    states('server_status', SERVER_STATES, servers, serverState),
    states('server_check_status', CHECK_STATES, servers, ({ check }) =>
      checkState(check),
    ),
  ];
}

const HELP = "As HAProxy's exporter has it; the l4director_ families say more.";

function familyOf<T>(
  { value, name, type }: HaproxyMetric<T>,
  things: readonly Labelled<T>[],
  now: number,
): Family {
  const samples = things.map(({ of, labels }) => ({
    labels: formatLabels(labels),
    value: value(of, now),
  }));
  return { name, type, help: HELP, samples };
}

/** 1 for the state that a thing is in, 0 for the others. */
function states<T>(
  name: string,
  all: readonly string[],
  things: readonly Labelled<T>[],
  stateOf: (of: T) => string | undefined,
): Family {
  const samples = things.flatMap(({ of, labels }) =>
    all.map((state): Sample => {
      const value = Number(state === stateOf(of));
      return { labels: formatLabels({ ...labels, state }), value };
    }),
  );
  return { name, type: 'gauge', help: HELP, samples };
}

/** How many servers are in each state. */
function agreement(
  services: readonly Labelled<ServiceStatus>[],
  stateOf: (real: RealStatus) => string,
): Family {
  const samples = services.flatMap(({ of: { reals }, labels }) =>
    SERVER_STATES.map((state) => ({
      labels: formatLabels({ ...labels, state }),
      value: reals.filter((real) => stateOf(real) === state).length,
    })),
  );
  return { name: 'backend_agg_server_status', type: 'gauge', help: HELP, samples };
}
