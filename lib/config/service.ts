import { unavailable } from '../checks/index.ts';
import { endpoint } from '../model/address.ts';
import type { Protocol, VirtualService } from '../model/virtual-service.ts';
import { globalFallbackFor, ownFallback } from './fallback.ts';
import type { Findings } from './findings.ts';
import type { Globals } from './globals.ts';
import { balancing, checking, notifying } from './in-force.ts';
import type { Lookup } from './lookup.ts';
import { lastOf, type ParsedSection } from './parse.ts';
import { resolveReals } from './reals.ts';
import { serviceByPort } from './services.ts';

/** All that building a service needs besides its own section. */
export interface Surroundings {
  readonly globals: Globals;
  readonly lookup: Lookup;
  readonly findings: Findings;
  /** For login defaults. */
  readonly hostname: string;
}

/** A service without what l4director.ini and the file as a whole say about it. */
export type ParsedService = Omit<VirtualService, 'encoding' | 'options'>;

/** What a section's address turned into. */
interface Identity
  extends Pick<
    VirtualService,
    'id' | 'family' | 'protocol' | 'address' | 'port' | 'fwmark'
  > {
  /** By the port; `none` for a mark. */
  readonly impliedService: string;
}

/** A section with every value in force. Errors go to the findings in the order in which
 *  ldirectord meets them: fallback, virtual address, real servers.
 *  @returns undefined when there was one */
export function buildService(
  section: ParsedSection,
  around: Surroundings,
): ParsedService | undefined {
  const { settings, line } = section;
  const protocol = protocolOf(section);
  const own = ownFallback(section, protocol, around);
  const identity = identify(section, protocol, around);
  const service = lastOf(settings, 'service') ?? identity?.impliedService ?? 'none';
  const reals = resolveReals(section, service, around);
  if (identity === undefined || section.broken || own.refused || !reals)
    return undefined;
  const { impliedService: _, ...address } = identity;
  const checks = checking(settings, around.globals.settings, around.hostname);
  return {
    ...address,
    line,
    ...balancing(settings),
    ...checks,
    service,
    unavailable: unavailable(checks.checktype, service, protocol),
    ...notifying(settings, around.globals.settings),
    fallback: own.fallback ?? globalFallbackFor(address, around.globals),
    reals,
  };
}

function protocolOf({ address, settings }: ParsedSection): Protocol {
  if (address?.kind === 'mark') return 'fwm';
  const implied = /^(?:53|domain)$/.test(address?.port ?? '') ? 'udp' : 'tcp';
  return lastOf(settings, 'protocol') ?? implied;
}

function identify(
  { address, line, when, family }: ParsedSection,
  protocol: Protocol,
  { lookup, findings }: Surroundings,
): Identity | undefined {
  if (address === undefined) return undefined;
  if (address.kind === 'mark') {
    const id = `fwm${family === 'inet6' ? '6' : ''}:${address.text}`;
    const none = { address: undefined, port: undefined, impliedService: 'none' };
    return { id, family, protocol, fwmark: Number(address.text), ...none };
  }
  const host = lookup.host(address.host, family);
  const port = lookup.port(address.port, protocol);
  if (host === undefined || port === undefined) {
    const problem =
      host === undefined
        ? `${address.host} is no ${family === 'inet' ? 'IPv4' : 'IPv6'} address and no known host: expected one`
        : `port ${address.port}: expected 0 to 65535, or the name of a ${protocol} service in /etc/services`;
    findings.error(
      line,
      `virtual = ${address.host}:${address.port}: ${problem}, as in "10.1.1.19:80"`,
      when,
    );
    return undefined;
  }
  // A number keeps its zeros in front: to ldirectord 0080 is another service than 80.
  const written = /^\d+$/.test(address.port) ? address.port : String(port);
  const id = `${protocol}:${endpoint(host, port).replace(/\d+$/, written)}`;
  const impliedService = serviceByPort(written);
  return {
    id,
    family,
    protocol,
    address: host,
    port,
    fwmark: undefined,
    impliedService,
  };
}
