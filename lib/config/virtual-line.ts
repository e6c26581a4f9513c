import { isIPv6 } from 'node:net';
import type { Family } from '../model/address.ts';
import { expected, type Note } from './values.ts';

/** What a section stands for, as written. */
export type VirtualAddress =
  | { readonly kind: 'address'; readonly host: string; readonly port: string }
  | { readonly kind: 'mark'; readonly text: string };

const NAMED = /^([0-9A-Za-z._+-]+):([0-9A-Za-z_-]+)/;
const BRACKETS = /^\[([0-9A-Fa-f:]+)\]:([0-9A-Za-z_-]+)/;

/** Reads what stands right of `virtual=` or `virtual6=`; what follows on the line is ignored.
 *  Leading digits without a port are a firewall mark, however much they look like an address.
 *  @throws RangeError for anything else */
export function parseVirtual(
  value: string,
  family: Family,
  note: Note,
): VirtualAddress {
  const named = NAMED.exec(value);
  if (named !== null) return address(named, value, note);
  const mark = /^\d+/.exec(value)?.[0];
  if (mark !== undefined) {
    if (/^[^ \t\r#]/.test(value.slice(mark.length)))
      note(
        `without a port it is taken as firewall mark ${Number(mark)}; an address is written as in "10.1.1.19:80"`,
      );
    return { kind: 'mark', text: mark };
  }
  const brackets = BRACKETS.exec(value);
  if (family === 'inet')
    return expected(
      'an IPv4 address or host name with a port, or a firewall mark',
      '10.1.1.19:80',
      brackets === null ? '' : '; an IPv6 address goes with "virtual6"',
    );
  if (brackets !== null && isIPv6(brackets[1] ?? ''))
    return address(brackets, value, note);
  return expected(
    'an IPv6 address in brackets with a port, or a firewall mark',
    '[2001:db8::1]:80',
  );
}

function address(found: RegExpExecArray, value: string, note: Note): VirtualAddress {
  const behind = value.slice(found[0].length);
  if (!/^[ \t\r]*(#.*)?$/s.test(behind))
    note(`"${behind.trim()}" behind it is ignored`);
  return { kind: 'address', host: found[1] ?? '', port: found[2] ?? '' };
}
