import { isIPv4, isIPv6 } from 'node:net';
import type { Family } from '../model/address.ts';
import type { ForwardingMethod } from '../model/virtual-service.ts';
import { methodNamed } from './fallback-line.ts';
import { numericAddress } from './numeric-address.ts';
import { expected } from './values.ts';

/** A spare or a fallback as written. */
export interface ReserveLine {
  readonly family: Family;
  /** Numeric, no brackets. */
  readonly address: string;
  /** 1 to 65535. */
  readonly port: number;
  readonly method: ForwardingMethod;
  /** 1 to 65535. */
  readonly weight: number;
}

const SERVER = /^(?:\[([^\]\s]+)\]|([^[\]:\s]+)):(\d{1,5})\s+(\w+)(?:\s+(\d{1,5}))?$/;
const MOST = 65_535;
/** More are hardly meant, and each is checked. */
const MOST_SERVERS = 256;
const EXAMPLE = '10.0.0.7:80 masq 1, 10.0.0.8:80 masq';

/** `10.0.0.7:80 masq 2, [2001:db8::7]:80 masq`: in the words of a `real=` line, with commas between. Addresses
 *  are numbers: the ini is read where no name can be looked up. @returns none for `no` */
export function reserve(text: string): readonly ReserveLine[] {
  if (text === 'no') return [];
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > MOST_SERVERS)
    return expected(`at most ${MOST_SERVERS} servers`, EXAMPLE);
  return parts.map(serverFrom);
}

function serverFrom(text: string): ReserveLine {
  const [, inBrackets, bare = '', port = '', word = '', weight = '1'] =
    SERVER.exec(text) ?? [];
  const place = addressOf(inBrackets, bare);
  const method = methodNamed(word);
  if (!place || !isWithin(port) || method === undefined || !isWithin(weight))
    return expected(
      `no, or servers with commas between: address as a number, port, gate, masq or ipip, and a weight of 1 to ${MOST}, not "${text}"`,
      EXAMPLE,
    );
  return { ...place, port: Number(port), method, weight: Number(weight) };
}

function addressOf(
  inBrackets: string | undefined,
  bare: string,
): Pick<ReserveLine, 'family' | 'address'> | undefined {
  if (inBrackets === undefined)
    return isIPv4(bare) ? { family: 'inet', address: bare } : undefined;
  const address = isIPv6(inBrackets) ? numericAddress(inBrackets, 'inet6') : undefined;
  return address === undefined ? undefined : { family: 'inet6', address };
}

function isWithin(number: string): boolean {
  return Number(number) >= 1 && Number(number) <= MOST;
}
