import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { CheckTarget } from '../model/check.ts';
import { type ProxyVersion, proxyHeader } from '../model/proxy-header.ts';
import { noteCertificates } from './certificate.ts';
import { distrust } from './distrust.ts';
import { namesFairly } from './fair-lookup.ts';
import { describe } from './message.ts';
import { noteLack } from './own-lack.ts';
import type { TlsSettings } from './tls.ts';

/** Whom to connect to. */
export interface SocketPeer {
  readonly host: string;
  readonly port: number;
  /** Of the PROXY header that the connection begins with; undefined: with none. */
  readonly proxy?: ProxyVersion | undefined;
}

export interface StreamPeer extends SocketPeer {
  /** Undefined: not over TLS. */
  readonly tls?: TlsSettings | undefined;
}

/** A TCP connection, or TLS over one; the caller destroys it, and the signal does. Rejects with
 *  errno and peer, with `TLS: ` and OpenSSL's words, or with the signal's reason, and then
 *  nothing is left open.
 *  @param signal  the check's own: see {@link startTls} */
export async function openStream(
  { host, port, proxy, tls }: StreamPeer,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await openSocket({ host, port, proxy }, signal);
  if (tls === undefined) return socket;
  try {
    return await startTls(socket, tls, signal);
  } catch (error) {
    socket.destroy();
    throw during('TLS', error);
  }
}

/** The real server itself, as its service's checks meet it. */
export function peerOf({ address: host, port, proxy }: CheckTarget): SocketPeer {
  return { host, port, proxy };
}

/** A TCP connection; the caller destroys it, and the signal does. Rejects with errno and
 *  peer, with the mend where nothing gives a port (0), or with the signal's reason, and then
 *  nothing is left open. */
export async function openSocket(
  { host, port, proxy }: SocketPeer,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  if (port === 0)
    throw new Error('no port to ask: give the real server one, or set checkport');
  // Only a redirect brings a name.
  const dialled = connect({ host, port, lookup: namesFairly });
  const socket = await ready(dialled, 'connect', signal);
  if (proxy !== undefined) socket.write(ownHeader(proxy, socket));
  return socket;
}

/** A check is nobody's connection but ours. Version 1 has no word for that which all servers take, so that it
 *  says from where it comes, as HAProxy's checks do (2.6 observed). */
function ownHeader(version: ProxyVersion, socket: Socket): Buffer {
  if (version === 'v2') return proxyHeader(version);
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return proxyHeader(version, {
    remoteAddress: localAddress,
    remotePort: localPort,
    localAddress: remoteAddress,
    localPort: remotePort,
  });
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
