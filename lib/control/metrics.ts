import type { ServiceState, ServiceStatus, StatusDocument } from '../model/status.ts';
import {
  CERTIFICATE,
  CHECK,
  DIRECTOR,
  type Metric,
  REAL,
  SERVICE,
  WORKER,
} from './metric-tables.ts';
import { type Family, formatLabels, type Sample } from './prometheus.ts';

const STATES = [
  'starting',
  'up',
  'fallback',
  'down',
  'waiting-for-address',
  'failed',
] as const satisfies readonly ServiceState[];

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
  const certificates = checks.flatMap(({ of: { certificate }, labels }) =>
    certificate ? [{ of: certificate, labels }] : [],
  );
  return [
    buildInfo(document.version),
    ...DIRECTOR.map((metric) => familyOf(metric, [{ of: document, labels: '' }])),
    ...WORKER.map((metric) => familyOf(metric, workers)),
    ...SERVICE.map((metric) => familyOf(metric, services)),
    serviceStates(document.services),
    ...REAL.map((metric) => familyOf(metric, reals)),
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

/** Every state has a line, so that an alert on one of them never loses its series. */
function serviceStates(services: readonly ServiceStatus[]): Family {
  const samples = services.flatMap(({ id, state: now }) =>
    STATES.map((state): Sample => {
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
