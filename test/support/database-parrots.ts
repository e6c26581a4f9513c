import type { Socket } from 'node:net';
import { denied, GREETING } from './mysql-packets.ts';

/** Serves a client; `repeated` is what an error says of what came, latin1. */
export type DatabaseParrot = (
  socket: Socket,
  repeated: (heard: string) => string,
) => void;

/** Databases, as far as they get a login out of a client; they refuse it, and repeat it. */
export const DATABASES: Readonly<Record<string, DatabaseParrot>> = {
  mysql(socket, repeated) {
    socket.write(GREETING);
    socket.on('data', (bytes) => socket.end(denied(2, repeated(words(bytes)))));
  },
  pgsql(socket, repeated) {
    socket.on('data', (bytes) => {
      if (bytes.length === 8) socket.write('N');
      else if (bytes[0] === 0) socket.write(Buffer.of(0x52, 0, 0, 0, 8, 0, 0, 0, 3));
      else socket.end(refusal(repeated(words(bytes))));
    });
  },
};

/** What is text in it. */
function words(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[^ -\u00ff]+/g, ' ');
}

/** PostgreSQL's "password authentication failed". */
function refusal(text: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C28P01\0M${text}\0\0`, 'latin1');
  const head = Buffer.alloc(5, 'E');
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
