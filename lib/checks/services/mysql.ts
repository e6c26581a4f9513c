import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type Connection, createConnection } from 'mysql2';
import type { CheckTarget } from '../../model/check.ts';
import { textOf } from '../../model/file-text.ts';
import { oneLine } from '../message.ts';
import { openSocket, peerOf } from '../socket.ts';
import { readQuietly } from './quiet-reader.ts';
import { readLimit, sqlCheck, step } from './sql.ts';
import { boundReading, sayGoodbye } from './sql-socket.ts';

/** A packet of one byte, number 0: COM_QUIT. */
const QUIT = Buffer.of(1, 0, 0, 0, 1);
/** Results with more rows are not read to their end. */
const MOST_ROWS = 100;

/** `service = mysql`: up when the query yields a row, or changes one. Not over TLS.
 *  Source: ldirectord(8), observed. */
export const mysqlCheck = sqlCheck(async (target, query, signal) => {
  const socket = await openSocket(peerOf(target), signal);
  try {
    await step('greeting', signal, greeting(socket, signal));
    const connection = logIn(socket, target);
    const failed = failure(connection);
    await step('login', signal, Promise.race([once(connection, 'connect'), failed]));
    try {
      return await step('query', signal, countRows(connection, query, failed));
    } finally {
      await sayGoodbye(socket, QUIT);
    }
  } finally {
    socket.destroy();
  }
});

/** Looks at the first bytes and puts them back: the library takes any for the length of a
 *  packet, and waits for all of it. */
async function greeting(socket: Socket, signal: AbortSignal): Promise<void> {
  await once(socket, 'readable', { signal });
  const bytes: Buffer | null = socket.read();
  if (bytes === null)
    throw new Error("expected MySQL's, but the connection was closed");
  // Packet 0; then protocol version 10, or an error such as "Too many connections".
  if (bytes.length > 4 && !(bytes[3] === 0 && (bytes[4] === 10 || bytes[4] === 0xff)))
    throw new Error(`expected MySQL's, got "${oneLine(bytes.toString('latin1'), 60)}"`);
  socket.unshift(bytes);
}

function logIn(socket: Socket, target: CheckTarget): Connection {
  const { login, passwd, database } = target;
  const connection = createConnection({
    stream: socket,
    user: textOf(login),
    password: textOf(passwd),
    ...(database === '' ? {} : { database: textOf(database) }),
    // The signal is the only clock.
    connectTimeout: 0,
    connectAttributes: { program_name: 'l4director' },
    // No server gets to read our files, or to have code made of its columns' names.
    flags: ['-LOCAL_FILES'],
    disableEval: true,
    rowsAsArray: true,
    typeCast: false,
  });
  connection.on('warn', () => {
    // Else it goes on, with the next packet too.
    throw new Error('packets came out of order');
  });
  readQuietly(socket);
  boundReading(socket, readLimit(target));
  return connection;
}

/** Rejects with the connection's first error; later ones go unheard. */
function failure(connection: Connection): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    connection.on('error', reject);
  });
  failed.catch(() => {});
  return failed;
}

/** Resolves with the rows that came by the end of the result, or until it was cut off: by us,
 *  for there are too many, or by whatever went wrong after the first. */
function countRows(connection: Connection, sql: string, failed: Promise<never>) {
  let rows = 0;
  return new Promise<number>((resolve, reject) => {
    const fail = (error: unknown) => (rows > 0 ? resolve(rows) : reject(error));
    failed.catch(fail);
    connection
      .query({ sql: textOf(sql) })
      .on('result', (result: unknown) => {
        rows += rowsIn(result);
        if (rows > MOST_ROWS) resolve(rows);
      })
      .on('error', fail)
      .on('end', () => resolve(rows));
  });
}

/** A row is an array; a statement that yields none tells how many it found or changed. */
function rowsIn(result: unknown): number {
  if (Array.isArray(result)) return 1;
  const header = typeof result === 'object' && result !== null ? result : {};
  return 'affectedRows' in header ? Number(header.affectedRows) : 0;
}
