import { connect, type Socket } from 'node:net';
import type { Test } from 'tap';

/** A client of the line commands. */
export interface LineClient {
  readonly socket: Socket;
  /** Says a line and returns what comes up to the next prompt, or the one of that number. */
  ask(line: string, prompts?: number): Promise<string>;
  /** What comes from now on until it matches. */
  until(pattern: RegExp): Promise<string>;
  /** What comes until the end. */
  all(): Promise<string>;
}

/** Connected at that path; gone with the test. */
export function lineClient(t: Test, path: string): LineClient {
  const socket = connect({ path, allowHalfOpen: true });
  let text = '';
  let ended = false;
  let wake = () => {};
  const over = () => {
    ended = true;
    socket.end();
    wake();
  };
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    wake();
  });
  socket.on('end', over).on('close', over).on('error', over);
  t.teardown(() => socket.destroy());
  const until = async (isThere: () => boolean): Promise<string> => {
    while (!isThere() && !ended) await new Promise<void>((resolve) => (wake = resolve));
    const found = text;
    text = '';
    return found;
  };
  return {
    socket,
    async ask(line, prompts = line.split(';').length) {
      socket.write(`${line}\n`);
      return until(() => text.endsWith('> ') && text.split('\n> ').length > prompts);
    },
    until: (pattern) => until(() => pattern.test(text)),
    all: () => until(() => false),
  };
}

/** The rows of `show stat`, by the names of their columns. */
export function csvRows(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const names = header.replace(/^# /, '').split(',');
  return lines.map((line) => {
    // A cell with commas stands in quotes.
    const cells = (`${line},`.match(/(?:"(?:[^"]|"")*"|[^,]*),/g) ?? []).map((cell) =>
      cell.slice(0, -1).replace(/^"|"$/g, '').replaceAll('""', '"'),
    );
    return Object.fromEntries(
      names.slice(0, -1).map((name, place) => [name, cells[place] ?? '']),
    );
  });
}
