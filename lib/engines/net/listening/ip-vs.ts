import { readFile } from 'node:fs/promises';
import { endpoint } from '../../../model/address.ts';
import { canonicalIpv6 } from '../../host-addresses.ts';

/** The services of the kernel's IPVS table as `tcp:10.1.1.19:80` and `udp:[2001:db8::1]:53`. It takes
 *  their packets before any socket sees them. Empty where there is no IPVS.
 *  @param proc where procfs is mounted */
export async function ipvsServices(proc: string): Promise<ReadonlySet<string>> {
  try {
    const text = await readFile(`${proc}/net/ip_vs`, 'latin1');
    return new Set(text.split('\n').flatMap(serviceOf));
  } catch {
    return new Set();
  }
}

/** `TCP  0A010113:0050 rr`, or `TCP  [2001:0db8:0000:...:0001]:0050 rr`. */
function serviceOf(line: string): string[] {
  const match = /^(TCP|UDP)\s+(?:([0-9A-F]{8})|\[([0-9a-f:]+)\]):([0-9A-F]{4})\b/i.exec(
    line,
  );
  if (!match) return [];
  const [, protocol = '', v4, v6 = '', port = ''] = match;
  const address = v4 === undefined ? canonicalIpv6(v6) : dotted(v4);
  return [`${protocol.toLowerCase()}:${endpoint(address, Number.parseInt(port, 16))}`];
}

function dotted(hex: string): string {
  return [0, 2, 4, 6].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}
