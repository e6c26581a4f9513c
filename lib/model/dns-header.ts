const HEADER_SIZE = 12;
const RESPONSE_BIT = 0x80;
const TRUNCATED_BIT = 0x02;

/** What a DNS message is to whoever has sent a query: its answer; `truncated`, of which the whole is to be had
 *  over TCP, and which may end within a record; undefined, nothing. Source: RFC 1035, 4.1.1.
 *  @param id  the query's */
export function answerKind(
  message: Buffer,
  id: number,
): 'whole' | 'truncated' | undefined {
  if (message.length < HEADER_SIZE || message.readUInt16BE(0) !== id) return undefined;
  const flags = message.readUInt8(2);
  if ((flags & RESPONSE_BIT) === 0) return undefined;
  return (flags & TRUNCATED_BIT) === 0 ? 'whole' : 'truncated';
}
