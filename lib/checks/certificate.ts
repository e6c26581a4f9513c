import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { CheckedCertificate } from '../model/check.ts';
import { oneLine } from './message.ts';

/** By the signal that a check was given, and hands on to every step: so no check has to do
 *  anything for it. */
const seen = new WeakMap<AbortSignal, CheckedCertificate>();

/** More are not looked at, whatever a server sends. */
const LONGEST_CHAIN = 10;

/** Notes what the handshake showed for the check with that signal. Of several handshakes, as
 *  after a redirect, the certificate that expires first counts. */
export function noteCertificates(socket: TLSSocket, signal: AbortSignal): void {
  const found = [seen.get(signal), ...chainOf(socket)].filter(
    (certificate) => certificate !== undefined,
  );
  const [first, ...rest] = found;
  if (first === undefined) return;
  const earliest = rest.reduce(
    (least, one) => (one.expiresAt < least.expiresAt ? one : least),
    first,
  );
  seen.set(signal, earliest);
}

/** What the handshakes of the check with that signal showed; undefined: there was none. */
export function certificateSeen(signal: AbortSignal): CheckedCertificate | undefined {
  return seen.get(signal);
}

/** The server's certificate and those that it sent with it, as far as they matter: one that has
 *  expired though the chain is good is on no path that was taken, as an old cross-signed root. */
function chainOf(socket: TLSSocket): readonly CheckedCertificate[] {
  const chain: CheckedCertificate[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  for (let depth = 0; next !== undefined && depth < LONGEST_CHAIN; depth++) {
    const expiresAt = Date.parse(next.validTo);
    const idle = socket.authorized && depth > 0 && expiresAt < Date.now();
    if (!Number.isNaN(expiresAt) && !idle)
      chain.push({ expiresAt, subject: nameOf(next) });
    next = next.issuerCertificate;
  }
  return chain;
}

/** The common name where there is one, else all of the subject; one attribute a line. */
function nameOf({ subject }: X509Certificate): string {
  const attributes = (subject ?? '').split('\n');
  const common = attributes.find((attribute) => attribute.startsWith('CN='));
  return oneLine(common ?? attributes.join(', '), 100);
}
