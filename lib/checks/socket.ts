import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { noteCertificates } from './certificate.ts';
import { distrust } from './distrust.ts';
import { namesFairly } from './fair-lookup.ts';
import { describe } from './message.ts';
import { noteLack } from './own-lack.ts';
import type { TlsSettings } from './tls.ts';

/** Whom to connect to. */
export interface StreamPeer {
  readonly host: string;
  readonly port: number;
  /** Undefined: not over TLS. */
  readonly tls?: TlsSettings | undefined;
}

/** A TCP connection, or TLS over one; the caller destroys it, and the signal does. Rejects with
 *  errno and peer, with `TLS: ` and OpenSSL's words, or with the signal's reason, and then
 *  nothing is left open.
 *  @param signal  the check's own: see {@link startTls} */
export async function openStream(
  { host, port, tls }: StreamPeer,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await openSocket({ host, port }, signal);
  if (tls === undefined) return socket;
  try {
    return await startTls(socket, tls, signal);
  } catch (error) {
    socket.destroy();
    throw during('TLS', error);
  }
}

/** A TCP connection; the caller destroys it, and the signal does. Rejects with errno and
 *  peer, with the mend where nothing gives a port (0), or with the signal's reason, and then
 *  nothing is left open. */
export async function openSocket(
  peer: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  if (peer.port === 0)
    throw new Error('no port to ask: give the real server one, or set checkport');
  // Only a redirect brings a name.
  return await ready(connect({ ...peer, lookup: namesFairly }), 'connect', signal);
}

/** TLS over an open connection, which the caller destroys when it rejects: with OpenSSL's
 *  words and code, "certificate has expired (CERT_HAS_EXPIRED)". The certificates are noted for
 *  the check with that signal, also those that are not accepted.
 *  @param signal  the check's own */
export async function startTls(
  socket: Socket,
  settings: TlsSettings,
  signal: AbortSignal,
): Promise<TLSSocket> {
  signal.throwIfAborted();
  const secure = connectTls({
    socket,
    secureContext: settings.context,
    // We verify below: an error would leave nothing of the certificates that brought it about.
    rejectUnauthorized: false,
    // The chain is verified, the name is not: real servers carry the name of the site.
    checkServerIdentity: () => undefined,
    ...(settings.servername === undefined ? {} : { servername: settings.servername }),
  });
  await ready(secure, 'secureConnect', signal);
  noteCertificates(secure, signal);
  const reason = settings.verify ? distrust(secure) : undefined;
  if (reason === undefined) return secure;
  secure.destroy();
  throw reason;
}

/** Says in an error which step failed, unless the words do so already. */
export function during(step: string, error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const words = describe(cause);
  const told = code === '' || words.includes(code);
  return new Error(`${step}: ${words}${told ? '' : ` (${code})`}`, { cause });
}

async function ready<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<S> {
  const end = () => socket.destroy();
  signal.addEventListener('abort', end, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', end));
  // Whoever reads learns of an error there; nobody reading must not end the process.
  socket.on('error', () => {});
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    noteLack(error, signal);
    throw signal.aborted ? signal.reason : error;
  }
}
