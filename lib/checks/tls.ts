import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { CheckTarget } from '../model/check.ts';
import { trusting } from '../model/trust.ts';

/** How to speak TLS to a real server. */
export interface TlsSettings {
  readonly context: SecureContext;
  /** Whether the chain must end at a known authority. */
  readonly verify: boolean;
  /** Name for SNI; undefined: none is sent. */
  readonly servername: string | undefined;
}

/** Settings from `tls-verify` and `tls-ca`. Rejects when the authorities cannot be read.
 *  A store that changes on disk is read again. */
export async function tlsSettings(
  target: Pick<CheckTarget, 'tlsVerify' | 'tlsCa'>,
  host: string | undefined,
): Promise<TlsSettings> {
  const { tlsVerify: verify, tlsCa } = target;
  return {
    context: await (verify ? trusting(tlsCa) : createSecureContext()),
    verify,
    servername: host === undefined ? undefined : sniName(host),
  };
}

/** The name that SNI may carry: never an address, never with a port (RFC 6066, 3). */
export function sniName(host: string): string | undefined {
  const name = host.trim().replace(/:\d*$/, '').replace(/\.$/, '');
  return isIP(name) === 0 && /^[\w-]+(\.[\w-]+)*$/.test(name) ? name : undefined;
}
