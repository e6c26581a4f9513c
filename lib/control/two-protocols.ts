import type { Server as HttpServer } from 'node:http';
import type { Server, Socket } from 'node:net';

/** What may stand before a line command, and never before a request. */
const BEFORE_A_COMMAND = Buffer.from(' \t\r\n;');
const SMALL_A = 97;
const SMALL_Z = 122;

/** Gives each client of a server to the one who speaks its protocol. Its first byte shows which:
 *  methods of HTTP begin with a capital letter, line commands with a small one. Whatever is neither
 *  is told so in HTTP. One who says nothing is left to the limits that its server has. */
export function speakBoth(
  server: Server,
  http: HttpServer,
  line: (client: Socket) => void,
): void {
  server.on('connection', (client: Socket) => {
    const silent = () => client.end();
    client.once('end', silent);
    client.once('data', (first: Buffer) => {
      client.off('end', silent);
      client.pause();
      client.unshift(first);
      if (speaksLines(first[0] ?? 0)) line(client);
      else http.emit('connection', client);
      // Once whoever it was handed to has begun to listen.
      process.nextTick(() => client.resume());
    });
  });
}

function speaksLines(byte: number): boolean {
  return (byte >= SMALL_A && byte <= SMALL_Z) || BEFORE_A_COMMAND.includes(byte);
}
