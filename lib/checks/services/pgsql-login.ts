import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { CheckTarget } from '../../model/check.ts';
import { type PgsqlMessages, pgsqlMessage } from './pgsql-messages.ts';
import { SCRAM, scram } from './pgsql-scram.ts';

/** Protocol 3.0. */
const VERSION = Buffer.of(0, 3, 0, 0);

/** What the server may ask for: the numbers of its authentication message. */
const ASKS = {
  nothing: 0,
  password: 3,
  md5: 5,
  sasl: 10,
  saslNext: 11,
  saslEnd: 12,
} as const;

/** Logs in by whichever method the server asks for: none, SCRAM-SHA-256, MD5, or the password in
 *  clear. Resolves when the server is ready for a query.
 *  Source: PostgreSQL documentation, "Frontend/Backend Protocol". */
export async function logIn(
  messages: PgsqlMessages,
  target: CheckTarget,
): Promise<void> {
  messages.send(startup(target));
  for (;;) {
    const { type, body } = await messages.read();
    if (type === 'Z') return;
    if (type === 'R') await authenticate(messages, body, target);
  }
}

function startup({ login, database, request }: CheckTarget): Buffer {
  const settings = {
    user: login,
    // As libpq has it.
    database: database === '' ? login : database,
    application_name: 'l4director',
    client_encoding: isUtf8(Buffer.from(request, 'latin1')) ? 'UTF8' : 'LATIN1',
  };
  const words = Object.entries(settings).flatMap(([name, value]) => [
    ...[name, '\0', value, '\0'],
  ]);
  return pgsqlMessage('', VERSION, ...words, '\0');
}

async function authenticate(
  messages: PgsqlMessages,
  body: Buffer,
  { login, passwd }: CheckTarget,
): Promise<void> {
  const asked = number(body);
  if (asked === ASKS.nothing) return;
  if (asked === ASKS.password) messages.send(pgsqlMessage('p', passwd, '\0'));
  else if (asked === ASKS.md5)
    messages.send(
      pgsqlMessage('p', md5Answer(login, passwd, body.subarray(4, 8)), '\0'),
    );
  else if (asked === ASKS.sasl) await prove(messages, body, passwd);
  else
    throw new Error(`the server asks for authentication ${asked}: expected a password`);
}

function md5Answer(login: string, passwd: string, salt: Buffer): string {
  const md5 = (...parts: readonly (string | Buffer)[]) =>
    parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex');
  const raw = (bytes: string) => Buffer.from(bytes, 'latin1');
  return `md5${md5(md5(raw(passwd), raw(login)), salt)}`;
}

async function prove(
  messages: PgsqlMessages,
  body: Buffer,
  passwd: string,
): Promise<void> {
  const offered = body.toString('latin1', 4).split('\0');
  if (!offered.includes(SCRAM))
    throw new Error(
      `the server offers ${offered.filter(Boolean).join(', ')}: expected ${SCRAM}`,
    );
  const login = scram(passwd);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(login.first.length);
  messages.send(pgsqlMessage('p', SCRAM, '\0', length, login.first));
  const challenge = await saslWords(messages, ASKS.saslNext);
  messages.send(pgsqlMessage('p', await login.answer(challenge)));
  login.verify(await saslWords(messages, ASKS.saslEnd));
}

async function saslWords(messages: PgsqlMessages, expected: number): Promise<string> {
  const { type, body } = await messages.read();
  if (type !== 'R' || number(body) !== expected)
    throw new Error(`expected the next step of ${SCRAM}, got message ${type}`);
  return body.toString('latin1', 4);
}

function number(body: Buffer): number {
  if (body.length < 4) throw new Error('the server asks for nothing that is known');
  return body.readUInt32BE();
}
