import type {
  Check,
  CheckContext,
  CheckResult,
  CheckTarget,
} from '../../model/check.ts';
import { textOf } from '../../model/file-text.ts';
import { describe } from '../message.ts';
import { during, openStream, peerOf } from '../socket.ts';
import { tlsSettings } from '../tls.ts';
import { LdapConnection } from './ldap-connection.ts';
import {
  baseSearchRequest,
  bindRequest,
  failureOf,
  type LdapMessage,
  OPERATION,
} from './ldap-message.ts';

/** `service = ldap` and `ldaps`: up when the bind succeeds (anonymous unless there are login and
 *  passwd), the request names exactly one entry, and its name matches where there is a
 *  receive. Source: ldirectord(8), observed. */
export const ldapCheck: Check = async (target, context) => {
  try {
    return await judge(await find(target, context.signal), target, context);
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};

/** @returns the entry's distinguished name, as sent */
async function find(target: CheckTarget, signal: AbortSignal): Promise<Buffer> {
  const { virtualhost, login, passwd } = target;
  const secure = target.service === 'ldaps';
  const tls = secure ? await tlsSettings(target, virtualhost) : undefined;
  const stream = await openStream({ ...peerOf(target), tls }, signal);
  using connection = new LdapConnection(stream, signal);
  const known = login !== '' && passwd !== '';
  await step(
    'bind',
    known ? bind(connection, login, passwd) : bind(connection, '', ''),
  );
  const base = target.request.replace(/^\//, '');
  return await step(`search of "${textOf(base)}"`, search(connection, base));
}

async function step<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw during(name, error);
  }
}

async function bind(connection: LdapConnection, name: string, password: string) {
  connection.send((id) => bindRequest(id, name, password));
  const answer = await connection.receive();
  if (answer.operation !== OPERATION.bindResponse) throw unexpected(answer);
  const failure = failureOf(answer);
  if (failure !== undefined) throw new Error(`expected success, got ${failure}`);
}

async function search(connection: LdapConnection, base: string): Promise<Buffer> {
  connection.send((id) => baseSearchRequest(id, base));
  let found: Buffer | undefined;
  for (;;) {
    const answer = await connection.receive();
    if (answer.operation === OPERATION.searchDone) return theOne(found, answer);
    if (answer.operation === OPERATION.searchReference) continue;
    if (answer.operation !== OPERATION.searchEntry) throw unexpected(answer);
    if (found !== undefined) throw new Error('expected 1 entry, got more');
    found = answer.fields[0]?.content;
  }
}

function theOne(found: Buffer | undefined, done: LdapMessage): Buffer {
  const failure = failureOf(done);
  if (failure !== undefined) throw new Error(`expected 1 entry, got ${failure}`);
  if (found === undefined) throw new Error('expected 1 entry, got none');
  return found;
}

function unexpected({ operation }: LdapMessage): Error {
  return new Error(
    `expected an answer, got LDAP operation 0x${operation.toString(16)}`,
  );
}

/** Undecoded bytes are matched, as in every check. */
async function judge(
  name: Buffer,
  { receive }: CheckTarget,
  context: CheckContext,
): Promise<CheckResult> {
  const found = `found "${name}"`;
  if (receive === undefined || receive.perl === '') return { up: true, message: found };
  const up = await context.matches(receive, name.toString('latin1'));
  if (up) return { up, message: found };
  return { up, message: `${found}, which does not match /${receive.perl}/` };
}
