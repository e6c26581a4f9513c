import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import type { Test } from 'tap';
import { type RawServer, rawServer } from './raw-server.ts';

/** What is said to a line; undefined: nothing. What is said carries its own CR LF. */
export type Answer = (line: string, socket: Socket) => string | undefined;

/** A server that greets and then answers line by line, as the test has it.
 *  @param secure  a server of node:tls, not listening yet */
export async function lineServer(
  t: Pick<Test, 'teardown'>,
  greeting: string,
  answer: Answer = () => undefined,
  secure?: Server,
): Promise<RawServer> {
  const serve = answering(greeting, answer);
  return await rawServer(t, serve, secure, secure && 'secureConnection');
}

/** What it does with each connection. */
export function answering(greeting: string, answer: Answer): (socket: Socket) => void {
  return (socket) => {
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
  };
}

/** Answers by the first word of a line. */
export function toVerbs(answers: Readonly<Record<string, string>>): Answer {
  return (line) => answers[line.split(' ')[0] ?? ''];
}
