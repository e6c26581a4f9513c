import {
  REAL_STATES,
  type RealStatus,
  SERVICE_STATES,
  type ServiceStatus,
  type StatusDocument,
} from '../model/status.ts';
import { DIRECTOR, type Metric, SERVICE, WORKER } from './metric-tables.ts';
import { nameFamilies } from './name-metrics.ts';
import { PEER } from './peer-metrics.ts';
import { type Family, formatLabels, type Sample } from './prometheus.ts';
import { AGENT, CERTIFICATE, CHECK, REAL } from './real-metrics.ts';

/** What the status says, as families: the director, each virtual service, each real server
 *  of it, each check. */
export function statusFamilies(document: StatusDocument): readonly Family[] {
  const workers = document.workers.map((worker, number) => ({
    of: worker,
    labels: formatLabels({ worker: String(number) }),
  }));
  const services = document.services.map((service) => ({
    of: service,
    labels: formatLabels({ service: service.id }),
  }));
  const reals = document.services.flatMap(({ id, reals }) =>
    reals.map((real) => ({
      of: real,
      labels: formatLabels({ service: id, real: real.id }),
    })),
  );
  const checks = reals.flatMap(({ of: { check }, labels }) =>
    check ? [{ of: check, labels }] : [],
  );
  const agents = reals.flatMap(({ of: { agent }, labels }) =>
    agent ? [{ of: agent, labels }] : [],
  );
  const peers = document.peers.map((peer) => ({
    of: peer,
    labels: formatLabels({ peer: peer.peer }),
  }));
  const certificates = checks.flatMap(({ of: { certificate }, labels }) =>
    certificate ? [{ of: certificate, labels }] : [],
  );
  return [
    buildInfo(document.version),
    ...DIRECTOR.map((metric) => familyOf(metric, [{ of: document, labels: '' }])),
    ...nameFamilies(document.names, Date.now()),
    ...PEER.map((metric) => familyOf(metric, peers)),
    ...WORKER.map((metric) => familyOf(metric, workers)),
    ...SERVICE.map((metric) => familyOf(metric, services)),
    serviceInfo(document.services),
    serviceStates(document.services),
    ...REAL.map((metric) => familyOf(metric, reals)),
    realStates(document.services),
    checkResults(document.services),
    ...AGENT.map((metric) => familyOf(metric, agents)),
    ...CHECK.map((metric) => familyOf(metric, checks)),
    ...CERTIFICATE.map((metric) => familyOf(metric, certificates)),
  ];
}

function familyOf<T>(
  { value, ...family }: Metric<T>,
  things: readonly { readonly of: T; readonly labels: string }[],
): Family {
  return {
    ...family,
    samples: things.map(({ of, labels }) => ({ labels, value: value(of) })),
  };
}

function buildInfo(version: string): Family {
  const labels = formatLabels({ version, node: process.versions.node });
  return {
    name: 'build_info',
    type: 'gauge',
    help: 'Always 1; the labels say what is running.',
    samples: [{ labels, value: 1 }],
  };
}

function serviceInfo(services: readonly ServiceStatus[]): Family {
  const samples = services.map(({ id, engine, protocol, scheduler }) => {
    const labels = formatLabels({ service: id, engine, protocol, scheduler });
    return { labels, value: 1 };
  });
  return {
    name: 'service_info',
    type: 'gauge',
    help: 'Always 1; the labels say what carries the virtual service, and how.',
    samples,
  };
}

function realStates(services: readonly ServiceStatus[]): Family {
  const samples = everyReal(services, (service, real) =>
    REAL_STATES.map((state) => {
      const labels = formatLabels({ service, real: real.id, state });
      return { labels, value: Number(state === real.state) };
    }),
  );
  return {
    name: 'real_state',
    type: 'gauge',
    help: '1 for the state the real server is in, 0 for the others.',
    samples,
  };
}

function checkResults(services: readonly ServiceStatus[]): Family {
  const samples = everyReal(services, (service, { id: real, check }) =>
    (['up', 'down'] as const).flatMap((result) => {
      const labels = formatLabels({ service, real, result });
      return check ? [{ labels, value: check.totals[result] }] : [];
    }),
  );
  return {
    name: 'check_results_total',
    type: 'counter',
    help: 'Checks that have ended, by what they found.',
    samples,
  };
}

function everyReal(
  services: readonly ServiceStatus[],
  samples: (service: string, real: RealStatus) => readonly Sample[],
): readonly Sample[] {
  return services.flatMap(({ id, reals }) =>
    reals.flatMap((real) => samples(id, real)),
  );
}

/** Every state has a line, so that an alert on one of them never loses its series. */
function serviceStates(services: readonly ServiceStatus[]): Family {
  const samples = services.flatMap(({ id, state: now }) =>
    SERVICE_STATES.map((state): Sample => {
      const labels = formatLabels({ service: id, state });
      return { labels, value: Number(state === now) };
    }),
  );
  return {
    name: 'service_state',
    type: 'gauge',
    help: '1 for the state the virtual service is in, 0 for the others.',
    samples,
  };
}
