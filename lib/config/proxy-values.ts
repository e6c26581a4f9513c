import type { ProxyVersion } from '../model/proxy-header.ts';
import { networkText } from './limit-values.ts';
import { expected } from './values.ts';

// What keys about the PROXY protocol may be.

/** @returns undefined for no */
export function proxyVersion(text: string): ProxyVersion | undefined {
  if (text === 'no') return undefined;
  return isVersion(text) ? text : expected('no, v1 or v2', 'v2');
}

/** What checks begin with; `as sent`: with what clients' connections do. */
export type CheckProxy = ProxyVersion | 'as sent' | undefined;

/** @returns undefined for no */
export function checkProxy(text: string): CheckProxy {
  if (text === 'no') return undefined;
  if (text === 'yes') return 'as sent';
  return isVersion(text) ? text : expected('no, yes, v1 or v2', 'yes');
}

function isVersion(text: string): text is ProxyVersion {
  return text === 'v1' || text === 'v2';
}

const MOST_NETWORKS = 256;
const EXAMPLE = '10.0.0.0/8, 2001:db8::7';

/** Addresses and networks with commas between; none for `no`. */
export function proxies(text: string): readonly string[] {
  if (text === 'no') return [];
  const listed = new Set(text.split(',').map((one) => networkText(one.trim())));
  return listed.size <= MOST_NETWORKS
    ? [...listed]
    : expected(`at most ${MOST_NETWORKS} networks`, EXAMPLE);
}
