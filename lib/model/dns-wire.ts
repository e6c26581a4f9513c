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

const LENGTH_SIZE = 2;

/** A message as it is sent over TCP: its length stands before it. Source: RFC 1035, 4.2.2. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_SIZE);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** The message that so many bytes of a TCP connection begin with; undefined: it is not whole yet. */
export function unframed(bytes: Buffer): Buffer | undefined {
  if (bytes.length < LENGTH_SIZE) return undefined;
  const end = LENGTH_SIZE + bytes.readUInt16BE(0);
  return bytes.length < end ? undefined : bytes.subarray(LENGTH_SIZE, end);
}
