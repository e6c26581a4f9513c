import type { CheckTarget } from '../../model/check.ts';
import { lineCheck } from '../line-check.ts';
import type { LineSocket } from '../line-socket.ts';

/** `service = imap` and `imaps`: up when the server greets with OK and, where there is a login,
 *  accepts it. Source: RFC 3501, 6.2.3 and 7.1; ldirectord(8). */
export const imapCheck = lineCheck({
  secureName: 'imaps',
  async talk(lines, target) {
    const greeting = await lines.read('greeting "* OK"');
    const [, word] = /^\* (OK|PREAUTH)\b/i.exec(greeting) ?? [];
    if (word === undefined) throw lines.unexpected('greeting "* OK"', greeting);
    // The list of capabilities would fill the line.
    if (target.login === '') return lines.quote(greeting.replace(/ \[[^\]]*\]/, ''));
    if (word.toUpperCase() === 'PREAUTH') return 'logged in by the server itself';
    await logIn(lines, target);
    return 'logged in';
  },
  goodbye: { send: 'a2 LOGOUT', answer: /^a2 /i },
});

async function logIn(lines: LineSocket, { login, passwd }: CheckTarget): Promise<void> {
  if (`${login}${passwd}`.includes('\0'))
    throw new Error('login or passwd has a NUL, which IMAP cannot carry');
  const command = `a1 LOGIN ${astring(login)} ${astring(passwd)}`;
  const [start = '', ...literals] = command.split('\0');
  lines.send(start, [escaped(login), escaped(passwd)]);
  for (const literal of literals) {
    await tagged(lines, /^\+/, 'go-ahead for LOGIN');
    lines.send(literal);
  }
  await tagged(lines, /^a1 OK\b/i, 'OK to LOGIN');
}

/** Quoted where that may carry it; else a literal, whose bytes begin after the NUL. */
function astring(word: string): string {
  const printable = /^[\x20-\x7e]*$/.test(word);
  return printable ? `"${escaped(word)}"` : `{${word.length}}\0${word}`;
}

function escaped(word: string): string {
  return word.replace(/["\\]/g, '\\$&');
}

/** Passes over what the server says unasked, but for its farewell. */
async function tagged(
  lines: LineSocket,
  wanted: RegExp,
  expected: string,
): Promise<void> {
  for (;;) {
    const line = await lines.read(expected);
    if (wanted.test(line)) return;
    if (!/^\* (?!BYE\b)/i.test(line)) throw lines.unexpected(expected, line);
  }
}
