import type { Family } from '../model/address.ts';
import type { Fallback, Protocol, VirtualService } from '../model/virtual-service.ts';
import type { FallbackLine } from './fallback-line.ts';
import type { Findings } from './findings.ts';
import type { Globals } from './globals.ts';
import type { Lookup } from './lookup.ts';
import { lastSetting, type ParsedSection } from './parse.ts';

/** A fallback whose port may still be that of the service it stands in for. */
export type OpenFallback = Omit<Fallback, 'port'> & {
  readonly port: number | undefined;
};

interface Place {
  readonly lookup: Lookup;
  readonly findings: Findings;
}

/** The fallback that the section itself names. */
export function ownFallback(
  section: ParsedSection,
  protocol: Protocol,
  around: Place,
): { readonly refused: boolean; readonly fallback: Fallback | undefined } {
  const { family, address, settings, when } = section;
  const setting = lastSetting(settings, family === 'inet' ? 'fallback' : 'fallback6');
  if (setting === undefined) return { refused: false, fallback: undefined };
  const servicePort = address?.kind === 'address' ? address.port : '0';
  const written = setting.value.port ?? servicePort;
  const port = written === '0' ? servicePort : written;
  const found = resolveFallback(
    { ...setting.value, port },
    { line: setting.line, when, family, protocol },
    around,
  );
  if (found === undefined) return { refused: true, fallback: undefined };
  return { refused: false, fallback: { ...found, port: found.port ?? 0 } };
}

/** Resolves a fallback's host, and its port if it has one.
 *  @returns undefined after an error */
export function resolveFallback(
  { host, port, method }: FallbackLine,
  at: {
    readonly line: number;
    readonly when: number;
    readonly family: Family;
    readonly protocol: Protocol;
  },
  { lookup, findings }: Place,
): OpenFallback | undefined {
  const address = lookup.host(host, at.family);
  const number = port === undefined ? undefined : lookup.port(port, at.protocol);
  if (address !== undefined && (port === undefined || number !== undefined))
    return { address, port: number, method };
  const name = at.family === 'inet' ? 'fallback' : 'fallback6';
  const problem =
    address === undefined
      ? `${host} is no ${at.family === 'inet' ? 'IPv4' : 'IPv6'} address and no known host: expected one`
      : `port ${port}: expected 0 to 65535, or the name of a ${at.protocol} service in /etc/services`;
  findings.error(
    at.line,
    `${name} = ${host}: ${problem}, as in "127.0.0.1:80"`,
    at.when,
  );
  return undefined;
}

/** The global fallback as it serves one service: with the service's port where it has none. */
export function globalFallbackFor(
  service: Pick<VirtualService, 'family' | 'protocol' | 'port'>,
  globals: Globals,
): Fallback | undefined {
  const found = globals.fallbacks[service.family];
  const one = service.protocol === 'udp' ? found?.udp : found?.tcp;
  return one && { ...one, port: one.port || (service.port ?? 0) };
}
