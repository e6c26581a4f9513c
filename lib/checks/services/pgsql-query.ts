import { type PgsqlMessages, pgsqlMessage } from './pgsql-messages.ts';

/** Runs the query on a connection that is ready. Of a single statement no more than one row is
 *  asked for; several can only be sent by the simple protocol, all or nothing.
 *  @returns  how many rows the last statement yields, or changes */
export async function countRows(
  messages: PgsqlMessages,
  text: string,
): Promise<number> {
  const single = !/;\s*\S/.test(text);
  messages.send(...(single ? oneRow(text) : [pgsqlMessage('Q', text, '\0')]));
  let rows = 0;
  for (;;) {
    const { type, body } = await messages.read();
    if (type === 'Z') return rows;
    // A statement's end comes last, unless there are more rows than were asked for.
    if (type === 'D') rows = 1;
    if (type === 'C') rows = rowsIn(body.toString('latin1'));
    if (type === 'G') throw new Error('the server waits for rows: expected a SELECT');
  }
}

/** Parse, Bind, Execute for one row, Sync. */
function oneRow(text: string): readonly Buffer[] {
  const none = Buffer.alloc(2);
  return [
    pgsqlMessage('P', '\0', text, '\0', none),
    pgsqlMessage('B', '\0', '\0', none, none, none),
    pgsqlMessage('E', '\0', Buffer.of(0, 0, 0, 1)),
    pgsqlMessage('S'),
  ];
}

/** `SELECT 1`, `INSERT 0 1`; `SET` has no rows. */
function rowsIn(tag: string): number {
  return Number(/(\d+)\0?$/.exec(tag)?.[1] ?? 0);
}
