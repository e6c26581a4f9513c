import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import type { Test } from 'tap';
import { type RawServer, rawServer } from './raw-server.ts';

/** What is said to a line; undefined: nothing. Lines carry their CR LF. */
export type Answer = (line: string, socket: Socket) => string | undefined;

/** A server that greets and then answers line by line, as the test has it.
 *  @param secure  a server of node:tls, not listening yet */
export async function lineServer(
  t: Pick<Test, 'teardown'>,
  greeting: string,
  answer: Answer = () => undefined,
  secure?: Server,
): Promise<RawServer> {
  return await rawServer(
    t,
    (socket) => {
      let pending = '';
      socket.write(greeting);
      socket.on('data', (bytes) => {
        const lines = `${pending}${bytes}`.split('\r\n');
        pending = lines.pop() ?? '';
        for (const line of lines) {
          const said = answer(line, socket);
          if (said !== undefined && socket.writable) socket.write(said);
        }
      });
    },
    secure,
    secure && 'secureConnection',
  );
}
