import type { ReadStream } from 'node:tty';
import { EXIT } from '../instance/launch.ts';
import { hashPassword } from '../model/password.ts';
import type { Context } from './context.ts';

/** Longer ones are a mistake. */
const MOST_BYTES = 1024;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACE = /[\b\u007f]/;
const ENTER = /[\r\n]/;

/** `hash-password`: what `[web user NAME]` of l4director.ini wants. Asks on the terminal, twice
 *  and without an echo; elsewhere the first line of stdin is the password. */
export async function hashPasswordCommand({ out, err }: Context): Promise<number> {
  const { stdin } = process;
  const password = stdin.isTTY ? await askTwice(stdin) : await firstLine(stdin);
  if (password === undefined || password === '') {
    err('l4director: no password: expected one on the terminal or on stdin');
    return EXIT.failed;
  }
  if (password === DIFFERENT) {
    err('l4director: they are not the same');
    return EXIT.failed;
  }
  out(`password = ${await hashPassword(password)}`);
  return EXIT.done;
}

/** No password can hold a line's end. */
const DIFFERENT = '\n';

async function askTwice(terminal: ReadStream): Promise<string | undefined> {
  // Before the first question: who answers at once would see it otherwise.
  terminal.setRawMode(true).setEncoding('utf8');
  try {
    const first = await askHidden(terminal, 'Password: ');
    if (!first) return undefined;
    const second = await askHidden(terminal, 'The same again: ');
    return second === undefined || second === first ? second : DIFFERENT;
  } finally {
    terminal.setRawMode(false);
  }
}

/** @param terminal  in raw mode
 *  @returns undefined when it is called off */
async function askHidden(
  terminal: ReadStream,
  question: string,
): Promise<string | undefined> {
  process.stderr.write(question);
  terminal.resume();
  let line: Line = { typed: '', over: undefined };
  try {
    return await new Promise((resolve) => {
      const take = (text: string) => {
        line = [...text].reduce(press, line);
        if (line.over === undefined) return;
        terminal.off('data', take);
        resolve(line.over === 'sent' ? line.typed : undefined);
      };
      terminal.on('data', take).once('end', () => resolve(undefined));
    });
  } finally {
    terminal.pause();
    process.stderr.write('\n');
  }
}

/** What has been typed of a line. */
interface Line {
  readonly typed: string;
  readonly over: 'sent' | 'called off' | undefined;
}

function press(line: Line, key: string): Line {
  if (line.over !== undefined) return line;
  if (key === CTRL_C || key === CTRL_D) return { ...line, over: 'called off' };
  if (ENTER.test(key)) return { ...line, over: 'sent' };
  if (BACKSPACE.test(key))
    return { ...line, typed: [...line.typed].slice(0, -1).join('') };
  return line.typed.length < MOST_BYTES ? { ...line, typed: line.typed + key } : line;
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string | undefined> {
  let text = '';
  for await (const piece of input.setEncoding('utf8')) {
    text += piece;
    if (text.includes('\n') || text.length > MOST_BYTES) break;
  }
  const [line = ''] = text.split(/\r?\n/);
  return line.length > MOST_BYTES ? undefined : line;
}
