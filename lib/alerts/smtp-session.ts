import { once } from 'node:events';
import { connect, type LookupFunction, type Socket } from 'node:net';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { missingPackage } from '../model/packages.ts';
import { TimeLimit } from '../model/time-limit.ts';
import { within } from '../model/within.ts';
import type { Letter } from './letter.ts';
import { type Delivery, reasonOf } from './route.ts';

/** Where a session goes, and how long a step of it may take. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** Undefined: Node's own. */
  readonly lookup: LookupFunction | undefined;
  /** What we call ourselves. */
  readonly helo: string;
  readonly stepMs: number;
  /** Ends the session at once. */
  readonly signal: AbortSignal;
}

/** An open connection to a mail server. The caller closes it. */
export interface SmtpSession {
  /** Rejects when the connection is of no more use. */
  send(letter: Letter): Promise<Delivery>;
  close(): void;
}

/** Connects and says EHLO. Rejects with the reason, also when nodemailer is missing.
 *  @param tls  STARTTLS where it is offered. A certificate is not verified, and where the handshake
 *              fails another connection does without: the alternative is no mail */
export async function openSession(
  server: SmtpServer,
  tls = true,
): Promise<SmtpSession> {
  const { host, port, helo: name, stepMs, signal } = server;
  const Connection = await loadConnection();
  const socket = await openSocket(server);
  const connection = new Connection({
    connection: socket,
    host,
    port,
    name,
    ignoreTLS: !tls,
    opportunisticTLS: true,
    tls: { rejectUnauthorized: false },
    socketTimeout: stepMs * 2, // the steps have bounds of their own
    socketCloseTimeout: 1000,
  });
  const { step, end } = stepsOf(connection, stepMs, signal);
  try {
    await step<void>('the greeting', (resolve, reject) =>
      connection.connect((error) => (error ? reject(error) : resolve())),
    );
  } catch (error) {
    const inHandshake = connection.upgrading === true;
    end();
    if (inHandshake && !signal.aborted) return openSession(server, false);
    throw error;
  }
  return { send: (letter) => send(letter, connection, step), close: end };
}

async function loadConnection(): Promise<typeof SMTPConnection> {
  const missing = missingPackage('nodemailer');
  if (missing !== undefined) throw new Error(`mail over SMTP needs ${missing}`);
  return (await import('nodemailer/lib/smtp-connection')).default;
}

type Step = <T>(
  what: string,
  start: (resolve: (value: T) => void, reject: (reason: Error) => void) => void,
) => Promise<T>;

/** Each step ends with its answer, with the connection, at its time-out or when aborted. */
function stepsOf(
  connection: SMTPConnection,
  stepMs: number,
  signal: AbortSignal,
): { readonly step: Step; readonly end: () => void } {
  let cut = () => {};
  const broken = new Promise<never>((_, reject) => {
    connection.on('error', reject);
    connection.once('end', () => reject(new Error('the connection was closed')));
    cut = () => reject(signal.reason);
  });
  broken.catch(() => {}); // it may break between two steps
  signal.addEventListener('abort', cut, { once: true });
  return {
    step: (what, start) =>
      within(stepMs, Promise.race([broken, new Promise(start)]), () =>
        Promise.reject(new Error(`no answer to ${what} within ${stepMs / 1000} s`)),
      ),
    end() {
      signal.removeEventListener('abort', cut);
      if (!connection.destroyed) connection.quit();
      connection.close();
    },
  };
}

async function send(
  { from, to, message }: Letter,
  connection: SMTPConnection,
  step: Step,
): Promise<Delivery> {
  try {
    const info = await step<SMTPConnection.SentMessageInfo>(
      'a mail',
      (resolve, reject) =>
        connection.send({ from, to: [...to] }, message, (error, info) =>
          info ? resolve(info) : reject(error ?? new Error('no answer')),
        ),
    );
    return { taken: true, refused: info.rejectedErrors?.map(reasonOf).join('; ') };
  } catch (error) {
    const code = replyCode(error);
    if (code === undefined) throw error;
    await step<void>('RSET', (resolve) => connection.reset(() => resolve())).catch(
      () => {},
    );
    return { taken: false, again: code < 500, reason: reasonOf(error) };
  }
}

/** What the server answered; undefined: nothing that ends in order. */
function replyCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'responseCode' in error && error.responseCode;
  return typeof code === 'number' ? code : undefined;
}

async function openSocket(server: SmtpServer): Promise<Socket> {
  const { host, port, lookup, stepMs, signal } = server;
  using limit = new TimeLimit(stepMs, signal);
  const socket = connect({ host, port, lookup });
  try {
    await once(socket, 'connect', { signal: limit.signal });
    return socket;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    signal.throwIfAborted();
    if (limit.signal.aborted)
      throw new Error(`no connection within ${stepMs / 1000} s`);
    throw error;
  }
}
