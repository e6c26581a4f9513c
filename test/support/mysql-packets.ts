/** A packet of MySQL's protocol. */
export function packet(sequence: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, payload]);
}

/** The first words of a server, as MariaDB 5.5 says them. */
export const GREETING = packet(
  0,
  Buffer.concat([
    Buffer.from('\n5.5.5-x\0\x01\0\0\0saltsalt\0', 'latin1'),
    Buffer.of(0xff, 0xf7, 33, 2, 0, 0x0f, 0x80, 21, ...Array(10).fill(0)),
    Buffer.from('saltsaltsalt\0mysql_native_password\0'),
  ]),
);

/** "Access denied", in those words, latin1. */
export function denied(sequence: number, words: string): Buffer {
  return packet(sequence, Buffer.from(`\xff\x15\x04#28000${words}`, 'latin1'));
}
