import { isIP } from 'node:net';
import type { ProxyVersion } from '../model/proxy-header.ts';
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

/** Addresses and networks with commas between, each with its prefix length then; none for `no`. */
export function networks(text: string): readonly string[] {
  if (text === 'no') return [];
  const listed = text.split(',').map((one) => network(one.trim()));
  return listed.length <= MOST_NETWORKS
    ? [...new Set(listed)]
    : expected(`at most ${MOST_NETWORKS} networks`, EXAMPLE);
}

const EXAMPLE = '10.0.0.0/8, 2001:db8::7';

function network(text: string): string {
  const [, address = '', prefix] = /^([\da-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const length = prefix === undefined ? bits : Number(prefix);
  return length >= 0 && length <= bits
    ? `${address}/${length}`
    : expected('no, or addresses and networks with commas between', EXAMPLE);
}
