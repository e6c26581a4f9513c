/** One field: its name, and a string of bytes (a character each) or raw ones, as uuids are. */
export type Field = readonly [name: string, value: string | Uint8Array];

/** What one node tells others: fields in the order in which they are sent. */
export type Message = readonly Field[];

/** What a message may be at most: what one datagram holds, and more fields than any has. */
export const MESSAGE_LIMITS = { bytes: 65_507, fields: 128, nameBytes: 64 } as const;

/** The value of a string field; undefined: there is none, or it holds raw bytes. */
export function textOf(message: Message, name: string): string | undefined {
  const value = message.find(([known]) => known === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

/** The value of a field of raw bytes; undefined: there is none, or it holds a string. */
export function bytesOf(message: Message, name: string): Uint8Array | undefined {
  const value = message.find(([known]) => known === name)?.[1];
  return typeof value === 'string' ? undefined : value;
}

/** Whether it is a name that both forms can carry. */
export function isFieldName(name: string): boolean {
  return (
    /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) && name.length <= MESSAGE_LIMITS.nameBytes
  );
}
