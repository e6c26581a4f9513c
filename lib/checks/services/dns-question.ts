import { isIPv4, isIPv6 } from 'node:net';
import { addressBytes } from '../../model/address-bytes.ts';

/** What a name server is asked. */
export interface DnsQuestion {
  /** Without a dot at the end. */
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'PTR';
}

/** The question that a `request` stands for: the addresses of a name, or the name of an
 *  address. The name is whole; no search list is applied. Throws when it can be no name. */
export function questionFor(request: string): DnsQuestion {
  const text = request.replace(/^\//, '');
  if (isIPv4(text)) {
    const octets = text.split('.').reverse();
    return { name: [...octets, 'in-addr', 'arpa'].join('.'), type: 'PTR' };
  }
  if (isIPv6(text)) {
    const digits = [...Buffer.from(addressBytes(text)).toString('hex')].reverse();
    return { name: [...digits, 'ip6', 'arpa'].join('.'), type: 'PTR' };
  }
  return { name: checkedName(text), type: 'A' };
}

/** Source of the limits: RFC 1035, 2.3.4. */
function checkedName(text: string): string {
  const name = text.replace(/\.$/, '');
  const fits = name
    .split('.')
    .every((label) => label !== '' && Buffer.byteLength(label) <= 63);
  if (fits && Buffer.byteLength(name) <= 253) return name;
  throw new Error(
    `request "${text}": expected a name or an address, as in "www.example.com"`,
  );
}
