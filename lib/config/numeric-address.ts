import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { Family } from '../model/address.ts';

/** An address that needs no look-up, in its usual form, as getaddrinfo reads it: for IPv4 also
 *  `127.1`, octal and hexadecimal parts. Nothing and `*` are the loopback address. Brackets
 *  around it are taken off.
 *  @returns undefined: a name; `other family`: an address, but not of this one */
export function numericAddress(
  text: string,
  family: Family,
): string | 'other family' | undefined {
  if (text === '' || text === '*') return family === 'inet' ? '127.0.0.1' : '::1';
  const four = text.includes(':') ? mapped(text, family) : inetAton(text);
  if (four !== undefined) return family === 'inet' ? four : 'other family';
  if (!isIPv6(text)) return undefined;
  return family === 'inet6' ? canonical6(text) : 'other family';
}

/** The dotted quad of a number, 0 to 2^32 - 1. */
export function dottedQuad(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

/** The number of a dotted quad. */
export function quadNumber(address: string): number {
  return address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
}

const PART = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;

/** 1 to 4 parts; the last fills the bytes that are left. Source: inet_aton(3). */
function inetAton(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => PART.test(part))) return undefined;
  const numbers = parts.map((part) =>
    part.length > 1 && /^0\d/.test(part) ? Number.parseInt(part, 8) : Number(part),
  );
  const last = numbers.pop() ?? 0;
  if (numbers.some((octet) => octet > 255) || last >= 256 ** (4 - numbers.length))
    return undefined;
  const high = numbers.reduce((sum, octet, at) => sum + octet * 256 ** (3 - at), 0);
  return dottedQuad(high + last);
}

/** The IPv4 address within `::ffff:1.2.3.4`, which getaddrinfo takes where IPv4 is wanted. */
function mapped(text: string, family: Family): string | undefined {
  if (family === 'inet6' || !isIPv6(text)) return undefined;
  return /^::ffff:([\d.]+)$/.exec(canonical6(text))?.[1];
}

function canonical6(text: string): string {
  const [address = '', zone] = text.split('%');
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}
