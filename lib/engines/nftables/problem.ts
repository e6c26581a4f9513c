import { existsSync, readFileSync } from 'node:fs';
import type { Family } from '../../model/address.ts';
import type { NftError, NftTrouble } from '../nft-program.ts';

const SWITCHES: Readonly<
  Record<Family, { readonly ip: string; readonly key: string }>
> = {
  inet: { ip: 'IPv4', key: 'net.ipv4.ip_forward' },
  inet6: { ip: 'IPv6', key: 'net.ipv6.conf.all.forwarding' },
};

/** That this host forwards no packets of that family, in words for the operator; undefined: it does.
 *  @param proc  where procfs is mounted */
export function forwardingProblem(family: Family, proc: string): string | undefined {
  const { ip, key } = SWITCHES[family];
  try {
    const path = `${proc}/sys/${key.replaceAll('.', '/')}`;
    if (readFileSync(path, 'latin1').trim() !== '0') return undefined;
  } catch {
    return `this kernel has no ${ip}`;
  }
  return `this host does not forward ${ip}: set it with "sysctl -w ${key}=1", and in /etc/sysctl.d to keep it`;
}

/** Whether connections are tracked here at all, as they are where anything is replaced. Looking loads
 *  nothing.
 *  @param proc  where procfs is mounted */
export function tracks(proc: string): boolean {
  return existsSync(`${proc}/sys/net/netfilter/nf_conntrack_count`);
}

const WORDS: Readonly<Record<NftTrouble, (said: string) => string>> = {
  absent: (said) =>
    `the program nft cannot be run (${said}): install it with "apt-get install nftables", or set engine = net`,
  forbidden: () =>
    "no permission to change the kernel's tables: start as root or give the process CAP_NET_ADMIN, or set engine = net",
  refused: (said) =>
    `the kernel did not take the rules (nft: ${said}): does it have nf_tables with nat, as after "modprobe -a nft_chain_nat nft_numgen nft_hash nft_objref nft_masq"? Or set engine = net`,
};

/** Why the table could not be brought about, and how to mend it. */
export function nftProblem({ trouble, message }: NftError): string {
  return WORDS[trouble](message);
}
