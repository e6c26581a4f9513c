import type { LookupFunction } from 'node:net';
import { letterOf } from './letter.ts';
import type { Mail, Sender } from './mail.ts';
import { type Delivery, type Route, reasonOf } from './route.ts';
import { openSession, type SmtpSession } from './smtp-session.ts';

/** How long a connection, a greeting or one mail may take. */
const STEP_MS = 15_000;
const PORT = 25;

export interface SmtpOptions {
  /** How the host's name is looked up. Default: by Node. */
  readonly lookup?: LookupFunction | undefined;
  /** Tests set these. */
  readonly port?: number;
  readonly stepMs?: number;
}

/** Over SMTP to that host. */
export function smtpRoute(
  host: string,
  sender: Sender,
  { port = PORT, stepMs = STEP_MS, lookup }: SmtpOptions = {},
): Route {
  const server = { host, port, lookup, helo: sender.host, stepMs };
  return {
    what: 'SMTP email message',
    name: host,
    async send(mails, told, signal) {
      const session = await openSession({ ...server, signal });
      try {
        for (const mail of mails) await deliver(session, mail, sender, told);
      } finally {
        session.close();
      }
    },
  };
}

async function deliver(
  session: SmtpSession,
  mail: Mail,
  { user, host }: Sender,
  told: (mail: Mail, delivery: Delivery) => void,
): Promise<void> {
  const letter = letterOf(mail);
  if (letter.to.length === 0) {
    told(mail, { taken: false, again: false, reason: `no address in "${mail.to}"` });
    return;
  }
  const from = letter.from || `${user}@${host}`;
  try {
    told(mail, await session.send({ ...letter, from }));
  } catch (error) {
    // It may be this very mail that ends the connection: the others go first next time.
    told(mail, { taken: false, again: true, reason: reasonOf(error) });
    throw error;
  }
}
