import type { CheckTarget } from '../../model/check.ts';
import { secretsOf } from '../secrets.ts';
import { openSocket, peerOf } from '../socket.ts';
import { logIn } from './pgsql-login.ts';
import { PgsqlError, PgsqlMessages } from './pgsql-messages.ts';
import { countRows } from './pgsql-query.ts';
import { preferTls, TlsUnwanted } from './pgsql-tls.ts';
import { readLimit, sqlCheck, step } from './sql.ts';
import { sayGoodbye } from './sql-socket.ts';

/** Terminate. */
const TERMINATE = Buffer.of(0x58, 0, 0, 0, 4);
/** invalid_authorization_specification: pg_hba.conf has no line for this login that way. */
const NOT_THIS_WAY = '28000';

/** `service = pgsql`: up when the query yields a row, or changes one. Over TLS where the server
 *  offers it, unverified, else without, as libpq's `sslmode=prefer`.
 *  Source: ldirectord(8), observed. */
export const pgsqlCheck = sqlCheck(async (target, query, signal) => {
  try {
    return await run(target, query, signal, true);
  } catch (error) {
    if (signal.aborted || !(error instanceof TlsUnwanted)) throw error;
    return await run(target, query, signal, false);
  }
});

async function run(
  target: CheckTarget,
  query: string,
  signal: AbortSignal,
  tls: boolean,
): Promise<number> {
  const socket = await openSocket(peerOf(target), signal);
  try {
    const stream = tls ? await preferTls(socket, target, signal) : socket;
    const messages = new PgsqlMessages(stream, readLimit(target), secretsOf(target));
    await step('login', signal, logIn(messages, target)).catch((error) => {
      throw stream === socket ? error : unwanted(error);
    });
    try {
      return await step('query', signal, countRows(messages, query));
    } finally {
      await sayGoodbye(stream, TERMINATE);
    }
  } finally {
    socket.destroy();
  }
}

/** The same error, unless it means that the login may come without TLS. */
function unwanted(error: Error): Error {
  const { cause } = error;
  const refused = cause instanceof PgsqlError && cause.code === NOT_THIS_WAY;
  return refused ? new TlsUnwanted(error.message) : error;
}
