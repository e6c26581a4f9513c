import { endpoint } from '../model/address.ts';
import type { RealServer } from '../model/virtual-service.ts';
import type { Findings } from './findings.ts';
import type { Lookup } from './lookup.ts';
import { dottedQuad, quadNumber } from './numeric-address.ts';
import { attempt, cutRemark, type ParsedSection, type Setting, show } from './parse.ts';
import {
  parseRealAddress,
  parseRealFlags,
  type RealAddress,
  type RealPair,
} from './real-line.ts';
import { expected, type Note } from './values.ts';

/** More real servers than one line may name. */
const RANGE_LIMIT = 65_536;
const SERVICES_WITH_URL: ReadonlySet<string> = new Set(['http', 'https', 'http_proxy']);

/** The real servers of a section, ranges written out.
 *  @returns undefined when a line was refused */
export function resolveReals(
  section: ParsedSection,
  service: string,
  around: { readonly lookup: Lookup; readonly findings: Findings },
): RealServer[] | undefined {
  const reals: RealServer[] = [];
  let refused = false;
  for (const setting of section.settings) {
    if (setting.name !== 'real' && setting.name !== 'real6') continue;
    const { line, name, cut } = setting;
    const what = () => `${name} = ${show(String(setting.value))}`;
    const note: Note = (message) => around.findings.warn(line, `${what()}: ${message}`);
    attempt(
      () => {
        for (const real of realsOf(setting, section, service, around.lookup, note))
          reals.push(real);
      },
      (why) => {
        refused = true;
        around.findings.error(line, `${what()}: ${why}${cutRemark(cut)}`, section.when);
      },
    );
  }
  return refused ? undefined : reals;
}

function* realsOf(
  { line, value }: Setting,
  { family }: ParsedSection,
  service: string,
  lookup: Lookup,
  note: Note,
): Generator<RealServer> {
  const written = parseRealAddress(String(value), note);
  const { first, last, port } = resolveAddress(written, family, lookup);
  const flags = parseRealFlags(written.flags, note);
  const { method, weight, lower, upper } = flags;
  const pair = pairInForce(flags.pair, service);
  const real = (address: string): RealServer => {
    const id = endpoint(address, port);
    return { id, line, address, port, method, weight, ...pair, lower, upper };
  };
  if (last === undefined) {
    yield real(first);
    return;
  }
  const end = quadNumber(last);
  for (let at = quadNumber(first); at <= end; at++) yield real(dottedQuad(at));
}

function resolveAddress(
  written: RealAddress,
  family: ParsedSection['family'],
  lookup: Lookup,
): {
  readonly first: string;
  readonly last: string | undefined;
  readonly port: number;
} {
  const first = lookup.host(written.host, family);
  const port = lookup.port(written.port, undefined);
  const last =
    written.last === undefined ? undefined : lookup.host(written.last, family);
  const example = family === 'inet' ? '10.0.0.2:80 masq' : '[2001:db8::2]:80 masq';
  const kind = family === 'inet' ? 'IPv4' : 'IPv6';
  if (first === undefined)
    return expected(`an ${kind} address or a known host for ${written.host}`, example);
  if (port === undefined)
    return expected(
      `0 to 65535 or a name in /etc/services for port ${written.port}`,
      example,
    );
  if (written.last === undefined) return { first, last, port };
  if (last === undefined)
    return expected(`an ${kind} address or a known host for ${written.last}`, example);
  if (family === 'inet6')
    return expected('one address, since ranges are for IPv4 only', example);
  const size = quadNumber(last) - quadNumber(first) + 1;
  if (size < 1 || size > RANGE_LIMIT)
    return expected(
      size < 1
        ? 'a range whose first address is not above its last'
        : `a range of at most ${RANGE_LIMIT} addresses`,
      '10.0.0.2->10.0.0.9:80 masq',
    );
  return { first, last, port };
}

/** Of a pair without receive, checks by URL lose the request as well. */
function pairInForce(
  pair: RealPair | undefined,
  service: string,
): Pick<RealServer, 'request' | 'receive'> {
  if (pair === undefined) return {};
  const { request, receive } = pair;
  if (receive !== undefined) return { request, receive };
  return SERVICES_WITH_URL.has(service) ? {} : { request };
}
