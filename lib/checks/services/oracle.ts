import oracledb from 'oracledb';
import type { CheckTarget } from '../../model/check.ts';
import { textOf } from '../../model/file-text.ts';
import { parted } from '../goodbye.ts';
import { describe } from '../message.ts';
import { withOwnSockets } from './own-sockets.ts';
import { readLimit, sqlCheck } from './sql.ts';

const ONE_ROW = { maxRows: 1, fetchArraySize: 1, prefetchRows: 1 };

// Shown to the database's administrator in V$SESSION.
oracledb.program = 'l4director';

/** `service = oracle`: up when the query yields a row, or changes one. database is the SID.
 *  No Oracle client is needed. Source: ldirectord(8). */
export const oracleCheck = sqlCheck(async (target, query, signal) => {
  const connectString = descriptor(target);
  return await withOwnSockets(signal, readLimit(target), async () => {
    const attributes = { ...credentials(target), ...timeouts(target), connectString };
    const connection = await told('login', oracledb.getConnection(attributes));
    const answer = connection.execute(textOf(query), [], ONE_ROW);
    const { rows, rowsAffected } = await told('query', answer);
    await parted(connection.close());
    return rows?.length ?? rowsAffected ?? 0;
  });
});

/** The library's errors end with an identifier that is another each time. */
async function told<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const words = describe(error).replace(/ *\(CONNECTION_ID=[^)]*\)/g, '');
    throw new Error(`${name}: ${words}`, { cause: error });
  }
}

/** What the listener is asked for. A SID, as ldirectord gives it, and not a service name. */
function descriptor({ address, port, database }: CheckTarget): string {
  if (!/^[\w$#.-]+$/.test(database))
    throw new Error('database: expected the SID, as in database = "ORCL"');
  return `(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=${address})(PORT=${port}))(CONNECT_DATA=(SID=${database})))`;
}

function credentials({ login, passwd }: CheckTarget) {
  return { user: textOf(login), password: textOf(passwd) };
}

/** The library's own time-outs, later than ours: it has some by default that may be earlier. */
function timeouts({ negotiatetimeoutMs }: CheckTarget) {
  const seconds = Math.ceil(negotiatetimeoutMs / 1000) + 1;
  return { connectTimeout: seconds, transportConnectTimeout: seconds };
}
