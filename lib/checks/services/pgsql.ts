import type { Socket } from 'node:net';
import { Client, DatabaseError, Query } from 'pg';
import type { CheckTarget } from '../../model/check.ts';
import { during, openSocket } from '../socket.ts';
import { preferTls, TlsUnwanted } from './pgsql-tls.ts';
import { sqlCheck, step } from './sql.ts';
import { boundReading, sayGoodbye } from './sql-socket.ts';

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
  const socket = await openSocket({ host: target.address, port: target.port }, signal);
  try {
    const stream = tls ? await preferTls(socket, target, signal) : socket;
    const client = clientOn(stream, target);
    await logIn(client, stream !== socket, signal);
    try {
      return await step('query', signal, countRows(client, query));
    } finally {
      await sayGoodbye(stream, TERMINATE);
    }
  } finally {
    socket.destroy();
  }
}

async function logIn(
  client: Client,
  encrypted: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    const failed = during('login', signal.aborted ? signal.reason : error);
    const refused = error instanceof DatabaseError && error.code === NOT_THIS_WAY;
    throw encrypted && refused ? new TlsUnwanted(failed.message) : failed;
  }
}

function clientOn(stream: Socket, target: CheckTarget): Client {
  const { address, port, login, passwd, database, bodyLimit } = target;
  const client = new Client({
    stream: () => asDialled(stream, bodyLimit),
    host: address,
    port,
    user: login,
    // A function, for an empty string would have it look into PGPASSWORD and ~/.pgpass.
    password: () => passwd,
    // As libpq has it.
    database: database === '' ? login : database,
    ssl: false,
    application_name: 'l4director',
  });
  // After the connection is over nobody listens any more, and nobody needs to.
  client.on('error', () => {});
  return client;
}

/** The library dials by itself: for it, the open connection is one just made. */
function asDialled(stream: Socket, limit: number): Socket {
  return Object.assign(stream, {
    connect() {
      setImmediate(() => {
        stream.emit('connect');
        boundReading(stream, limit);
      });
      return stream;
    },
  });
}

/** Resolves with the rows that the last statement yields, or changes. Of a single one no more
 *  than one row is asked for; several can only be sent by the simple protocol, all or nothing. */
function countRows(client: Client, text: string): Promise<number> {
  const single = !/;\s*\S/.test(text);
  const config = { text, rowMode: 'array', ...(single ? { rows: 1 } : {}) };
  return new Promise((resolve, reject) => {
    client
      .query(new Query(config))
      .on('row', () => {
        if (single) resolve(1);
      })
      .on('error', reject)
      // Of several statements there is an array.
      .on('end', (results) => resolve([results].flat().at(-1)?.rowCount ?? 0));
  });
}
