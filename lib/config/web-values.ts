import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { isAbsolute } from 'node:path';
import { isPasswordHash } from '../model/password.ts';
import { expected } from './values.ts';

// What the keys of the page may be; as in ini-values.ts.

/** Where something listens: an address without brackets, and a port, 1 to 65535. */
export interface ListenAt {
  readonly address: string;
  readonly port: number;
}

const PAGE = '127.0.0.1:9080" or "[::1]:9080';

/** `127.0.0.1:9080`, `[::1]:9080`. No names: which of its addresses would be meant?
 *  @param example  for who wrote something else */
export function listenAt(text: string, example = PAGE): ListenAt | undefined {
  const [, six = '', four = '', digits] =
    /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  return (isIPv6(six) || isIPv4(four)) && port >= 1 && port <= 65_535
    ? { address: six || four, port }
    : expected('ADDRESS:PORT', example);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Only this host can reach it. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** An absolute path. */
export function pemPath(text: string): string | undefined {
  return isAbsolute(text)
    ? text
    : expected('an absolute path', '/etc/l4director/page.pem');
}

/** What `l4director hash-password` prints. */
export function passwordHash(text: string): string | undefined {
  return isPasswordHash(text)
    ? text
    : expected(
        'what "l4director hash-password" prints',
        'scrypt$ln=15,r=8,p=3$SALT$KEY',
      );
}

/** What a user of the page may do. */
export type Role = 'admin' | 'read-only';

export function role(text: string): Role {
  return text === 'admin' || text === 'read-only'
    ? text
    : expected('admin or read-only', 'admin');
}
