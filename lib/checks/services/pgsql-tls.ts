import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { CheckTarget } from '../../model/check.ts';
import { describe, oneLine } from '../message.ts';
import { startTls } from '../socket.ts';
import { tlsSettings } from '../tls.ts';
import { step } from './sql.ts';

/** SSLRequest: its length, and 1234 and 5679 in place of a version. */
const SSL_REQUEST = Buffer.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);

/** The server offers TLS, but has it fail, or does not let this login in over it. */
export class TlsUnwanted extends Error {}

/** Asks the server for TLS, and starts it where it is offered; without verifying, for Debian's
 *  PostgreSQL offers it with a certificate that nobody signed.
 *  @returns  the connection to go on with. Rejects with
 *            {@link TlsUnwanted}, or when it is no PostgreSQL. */
export async function preferTls(
  socket: Socket,
  { virtualhost }: CheckTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const words = await step('greeting', signal, ask(socket, signal));
  if (words === 'N') return socket;
  const trusting = { tlsVerify: false, tlsCa: undefined };
  const settings = await tlsSettings(trusting, virtualhost);
  try {
    return await startTls(socket, settings, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new TlsUnwanted(`TLS: ${describe(error)}`, { cause: error });
  }
}

async function ask(socket: Socket, signal: AbortSignal): Promise<'S' | 'N'> {
  socket.write(SSL_REQUEST);
  await once(socket, 'readable', { signal });
  const answer: Buffer | null = socket.read();
  if (answer === null)
    throw new Error("expected PostgreSQL's, but the connection was closed");
  const words = answer.toString('latin1');
  // One byte and no more: others may be somebody else's, put in before the encryption.
  if (words === 'S' || words === 'N') return words;
  throw new Error(`expected PostgreSQL's, got "${oneLine(words, 60)}"`);
}
