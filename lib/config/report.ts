import type { RealServer, VirtualService } from '../model/virtual-service.ts';
import { type Config, formatDiagnostic } from './config.ts';

/** What `configtest --json` prints. */
export interface ConfigReport {
  readonly file: string;
  readonly warnings: readonly string[];
  readonly global: Readonly<Record<string, unknown>>;
  readonly virtuals: readonly Readonly<Record<string, unknown>>[];
}

/** The values in force, named as in the file: times in seconds, absent ones null, addresses
 *  without brackets, `checktype` a word or the number N. */
export function configReport(config: Config): ConfigReport {
  return {
    file: config.file,
    warnings: config.warnings.map(formatDiagnostic),
    global: config.global.report,
    virtuals: config.virtuals.map(virtualReport),
  };
}

function virtualReport(service: VirtualService): Readonly<Record<string, unknown>> {
  const {
    id,
    address,
    port,
    fwmark,
    protocol,
    family,
    scheduler,
    persistent,
    ...more
  } = service;
  const { line: _line, unavailable: _, encoding: _encoding, ...known } = more;
  const { options, receive, ...shown } = known;
  const { fallback, reals, emailalert, ...rest } = shown;
  const values = {
    ...{ id, address, port, fwmark, protocol, family, scheduler, persistent },
    ...rest,
    receive: receive?.perl ?? '',
    emailalert: emailalert ?? '',
    fallback,
    engine: options.engine,
    'reals-from': options.realsFrom,
    reals: reals.map((real) => realReport(real, service)),
  };
  return withNulls(values);
}

function realReport(real: RealServer, service: VirtualService) {
  const { address, port, method, weight, lower, upper, role } = real;
  const request = real.request ?? service.request;
  const receive = (real.receive ?? service.receive)?.perl ?? '';
  const values = { address, port, method, weight, request, receive, lower, upper };
  return role ? { ...values, role } : values;
}

/** JSON has no undefined: a key that is always there is easier on scripts. */
function withNulls(values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value ?? null]),
  );
}
