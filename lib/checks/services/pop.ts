import { lineCheck } from '../line-check.ts';
import { isPositive, popLogin } from './pop-login.ts';

/** `service = pop` and `pops`: up when the server greets with +OK and, where there is a login,
 *  accepts it. Source: RFC 1939; ldirectord(8). */
export const popCheck = lineCheck({
  secureName: 'pops',
  async talk(lines, { login, passwd }) {
    if (/[\0\r\n]/.test(`${login}${passwd}`))
      throw new Error('login or passwd has a line end or NUL, which POP3 cannot carry');
    const greeting = await lines.read('greeting "+OK"');
    if (!isPositive(greeting)) throw lines.unexpected('greeting "+OK"', greeting);
    if (login === '') return lines.quote(greeting);
    const method = await popLogin({ lines, greeting, login, passwd });
    return `logged in by ${method}`;
  },
  goodbye: { send: 'QUIT', answer: /^(\+OK|-ERR)/i },
});
