import type {
  Check,
  CheckContext,
  CheckResult,
  CheckTarget,
} from '../../model/check.ts';
import { textOf } from '../../model/file-text.ts';
import type { Pattern } from '../../model/pattern.ts';
import { describe, oneLine } from '../message.ts';
import { askDns } from './dns-exchange.ts';
import { type DnsQuestion, questionFor } from './dns-question.ts';

/** `service = dns`: up when an address of the request, or the name of it where it is an
 *  address, matches receive, which must be set. Over TCP where the virtual service is TCP.
 *  A name without IPv4 addresses is asked for IPv6 ones. Source: ldirectord(8), observed. */
export const dnsCheck: Check = async (target, context) => {
  try {
    const pattern = needed(target.receive);
    const asked = questionFor(textOf(target.request));
    const found = await lookUp(asked, target, context.signal);
    return await judge(asked, found, pattern, context);
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};

function needed(receive: Pattern | undefined): Pattern {
  if (receive !== undefined && receive.perl !== '') return receive;
  throw new Error(
    'no receive: a dns check needs one, as in receive="192\\.0\\.2\\.80" for an address',
  );
}

/** Addresses or names, as text. */
async function lookUp(
  asked: DnsQuestion,
  target: CheckTarget,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const values = await valuesOf(asked, target, signal);
  if (values.length > 0 || asked.type !== 'A') return values;
  return await valuesOf({ ...asked, type: 'AAAA' }, target, signal);
}

async function valuesOf(
  asked: DnsQuestion,
  { address, port, protocol, proxy }: CheckTarget,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const server = { address, port, overTcp: protocol === 'tcp', proxy };
  const { rcode, values } = await askDns(server, asked, signal);
  if (rcode === 'NOERROR') return values;
  throw new Error(`${asked.type} ${asked.name}: expected NOERROR, got ${rcode}`);
}

async function judge(
  { name, type }: DnsQuestion,
  found: readonly string[],
  pattern: Pattern,
  context: CheckContext,
): Promise<CheckResult> {
  if (found.length === 0) {
    const wanted = type === 'A' ? 'an address' : 'a name';
    return { up: false, message: `${name}: expected ${wanted}, got none` };
  }
  for (const value of found)
    if (await context.matches(pattern, value))
      return { up: true, message: `${name}: ${value}` };
  return {
    up: false,
    message: `${name}: ${oneLine(found.join(', '), 100)} does not match /${oneLine(pattern.perl, 80)}/`,
  };
}
