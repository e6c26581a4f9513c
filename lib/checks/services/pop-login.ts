import { createHash, createHmac } from 'node:crypto';
import type { LineSocket } from '../line-socket.ts';
import { describe } from '../message.ts';

interface Session {
  readonly lines: LineSocket;
  /** It may hold the stamp that APOP needs. */
  readonly greeting: string;
  /** Bytes, as is passwd. */
  readonly login: string;
  readonly passwd: string;
}

/** One way to log in. Resolves with the server's last word, undefined where the server does
 *  not offer it. */
type Method = (session: Session) => Promise<string | undefined>;

/** What keeps the password off the wire comes first. A server may offer it and yet refuse it
 *  to this user, for want of the password in clear on its side: then the next is tried. */
const METHODS: Readonly<Record<string, Method>> = {
  APOP: apop,
  'CRAM-MD5': cramMd5,
  'USER and PASS': userAndPass,
};

/** Logs in by the first way that the server accepts, and resolves with its name. Rejects with
 *  all refusals, or when the conversation breaks.
 *  Source: RFC 1939, RFC 2195, RFC 2449; observed of ldirectord. */
export async function popLogin(session: Session): Promise<string> {
  const refusals: string[] = [];
  try {
    for (const [name, method] of Object.entries(METHODS)) {
      const answer = await method(session);
      if (answer === undefined) continue;
      if (isPositive(answer)) return name;
      refusals.push(session.lines.unexpected(`+OK to ${name}`, answer).message);
    }
  } catch (error) {
    refusals.push(describe(error));
  }
  throw new Error(refusals.join('; then '));
}

/** Whether an answer of POP3 says yes. */
export function isPositive(answer: string): boolean {
  return /^\+OK\b/i.test(answer);
}

async function apop({ lines, greeting, login, passwd }: Session) {
  const [stamp] = /<[^<>\s]+@[^<>\s]+>/.exec(greeting) ?? [];
  if (stamp === undefined) return undefined;
  const digest = createHash('md5').update(stamp).update(passwd, 'latin1').digest('hex');
  lines.send(`APOP ${login} ${digest}`, [digest]);
  return await lines.read('an answer to APOP');
}

async function cramMd5({ lines, login, passwd }: Session) {
  const mechanisms = await capability(lines, 'SASL');
  if (!mechanisms.includes('CRAM-MD5')) return undefined;
  lines.send('AUTH CRAM-MD5');
  const answer = await lines.read('a challenge of CRAM-MD5');
  if (!answer.startsWith('+ ')) return answer;
  const challenge = Buffer.from(answer.slice(2), 'base64');
  const key = Buffer.from(passwd, 'latin1');
  const digest = createHmac('md5', key).update(challenge).digest('hex');
  const response = Buffer.from(`${login} ${digest}`, 'latin1').toString('base64');
  lines.send(response, [digest, response]);
  return await lines.read('an answer to CRAM-MD5');
}

async function userAndPass({ lines, login, passwd }: Session) {
  lines.send(`USER ${login}`);
  const answer = await lines.read('an answer to USER');
  if (!isPositive(answer)) return answer;
  lines.send(`PASS ${passwd}`);
  return await lines.read('an answer to PASS');
}

/** @returns the words after that name in the answer to CAPA, in capitals; none from a server
 *           that does not know CAPA */
async function capability(lines: LineSocket, name: string): Promise<readonly string[]> {
  lines.send('CAPA');
  let line = await lines.read('an answer to CAPA');
  let found: readonly string[] = [];
  if (!isPositive(line)) return found;
  while (line !== '.') {
    line = await lines.read('the end of the answer to CAPA');
    const [first, ...rest] = line.toUpperCase().split(' ');
    if (first === name) found = rest;
  }
  return found;
}
