import { lineCheck } from '../line-check.ts';
import type { LineSocket } from '../line-socket.ts';
import { isPositive, popLogin } from './pop-login.ts';

/** `service = pop` and `pops`: up when the server greets with +OK and, where there is a login,
 *  accepts it and opens the mailbox. Source: RFC 1939; ldirectord(8). */
export const popCheck = lineCheck({
  secureName: 'pops',
  async talk(lines, { login, passwd }) {
    if (/[\0\r\n]/.test(`${login}${passwd}`))
      throw new Error(
        'login or passwd holds a line end or NUL, which POP3 cannot carry',
      );
    const greeting = await positive(lines, 'greeting "+OK"');
    if (login === '') return lines.quote(greeting);
    const method = await popLogin({ lines, greeting, login, passwd });
    lines.send('STAT');
    await positive(lines, '+OK to STAT');
    return `logged in by ${method}`;
  },
  goodbye: { send: 'QUIT', answer: /^(\+OK|-ERR)/i },
});

async function positive(lines: LineSocket, expected: string): Promise<string> {
  const line = await lines.read(expected);
  if (!isPositive(line)) throw lines.unexpected(expected, line);
  return line;
}
