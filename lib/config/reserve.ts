import { endpoint } from '../model/address.ts';
import { Places } from '../model/places.ts';
import {
  destinationPort,
  type RealServer,
  type ReserveRole,
} from '../model/virtual-service.ts';
import type { Diagnostic } from './config.ts';
import { createFindings, type Findings } from './findings.ts';
import type { IniValues } from './ini-keys.ts';
import type { IniLine } from './ini-lines.ts';
import type { ReserveLine } from './reserve-values.ts';
import type { ParsedService } from './service.ts';

/** A section of the ini that may name them. */
interface Place {
  readonly keys: readonly IniLine[];
  readonly values: IniValues;
}

const KEYS = [
  ['spares', 'spare'],
  ['fallbacks', 'fallback'],
] as const satisfies readonly (readonly [keyof IniValues, ReserveRole])[];

/** Spares and fallbacks of a service, and what is wrong with them. */
export interface Reserve {
  readonly reals: readonly RealServer[];
  readonly errors: readonly Diagnostic[];
}

/** What the ini says of each service's.
 *  @param common  `[checks]` */
export function createReserve(
  file: string,
  services: ReadonlyMap<string, Place>,
  common: Place,
): (service: ParsedService) => Reserve {
  return (service) => {
    const findings = createFindings(file);
    const own = services.get(service.id);
    const reals = reserveOf(service, { own, common }, findings);
    return { reals, errors: findings.errors() };
  };
}

/** Spares and fallbacks of a service: those of its own section, else the common ones of its family.
 *  One that cannot be meant is an error on the line that names it. */
function reserveOf(
  service: ParsedService,
  { own, common }: { readonly own: Place | undefined; readonly common: Place },
  findings: Findings,
): readonly RealServer[] {
  const taken = takenPlaces(service);
  return KEYS.flatMap(([key, role]) => {
    const isOwn = own?.values[key] !== undefined;
    const { values, keys } = isOwn ? own : common;
    const line = keys.find((one) => one.key === key)?.line ?? 0;
    const listed = values[key] ?? [];
    const meant = isOwn
      ? listed
      : listed.filter(({ family }) => family === service.family);
    return meant.map((written) => {
      const wrong = whyNot(service, written, taken);
      const id = endpoint(written.address, written.port);
      if (wrong !== undefined)
        findings.error(line, `${key} = ${id} ${written.method}: ${wrong}`);
      taken.set(placeOf(service, written), `a ${role} of ${service.id} already`);
      const { family: _, ...server } = written;
      return { id, line, ...server, lower: 0, upper: 0, role };
    });
  });
}

/** Who is where, in words. */
function takenPlaces(service: ParsedService): Map<string, string> {
  const taken = new Map<string, string>();
  const { fallback, reals } = service;
  if (fallback)
    taken.set(placeOf(service, fallback), `the fallback= of ${service.id} already`);
  for (const real of reals)
    taken.set(
      placeOf(service, real),
      `a real server of ${service.id} in line ${real.line}`,
    );
  return taken;
}

function whyNot(
  service: ParsedService,
  { family, address, port, method }: ReserveLine,
  taken: ReadonlyMap<string, string>,
): string | undefined {
  const { id, family: wanted } = service;
  const [kind, example] =
    wanted === 'inet'
      ? ['IPv4', '10.0.0.7:80 masq']
      : ['IPv6', '[2001:db8::7]:80 masq'];
  if (family !== wanted)
    return `${id} is of another family: expected an ${kind} address, as in "${example}"`;
  const kept = destinationPort(service, { method, port });
  if (kept !== port)
    return `${method} keeps the service's port ${kept}: expected that port, or masq, as in "${endpoint(address, port)} masq"`;
  const isItself = new Places([service]).at(
    service.protocol,
    { address, port },
    () => false,
  );
  const who = isItself
    ? `${id} itself`
    : taken.get(placeOf(service, { address, port, method }));
  return (
    who &&
    `it is ${who}: expected one that the service does not have yet, as in "${example}"`
  );
}

/** Where its connections go. */
function placeOf(
  service: ParsedService,
  server: Pick<RealServer, 'address' | 'method' | 'port'>,
): string {
  return endpoint(server.address, destinationPort(service, server));
}
