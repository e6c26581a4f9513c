import type { Socket } from 'node:net';
import type { Check, CheckResult, CheckTarget } from '../../model/check.ts';
import { describe } from '../message.ts';
import { piecesOf } from '../pieces.ts';
import { secretsOf } from '../secrets.ts';
import { openSocket, peerOf } from '../socket.ts';
import { askByUdp } from '../udp.ts';
import { parseSipAnswer, type SipAnswer } from './sip-message.ts';
import { SipTransaction } from './sip-transaction.ts';

/** RFC 3261 17.1.2.2: the first resend after T1, each other after twice the time, T2 at most. */
const T1_MS = 500;
const T2_MS = 4000;
const EXPECTED = 'SIP/2.0 200';
const ANSWERS_LIMIT = 65_536;

/** `service = sip`: up when OPTIONS is answered with 200; over TCP where protocol is tcp, else
 *  over UDP. Provisional answers, answers to another call, and datagrams that are none, are
 *  waited past. Source: ldirectord(8), observed; RFC 3261. */
export const sipCheck: Check = async (target, { signal }) => {
  const transaction = new SipTransaction(target);
  try {
    const ask = target.protocol === 'tcp' ? askByTcp : askByDatagrams;
    return await ask(target, transaction, signal);
  } catch (error) {
    return { up: false, message: `${describe(error)}${transaction.passed}` };
  }
};

function askByDatagrams(
  target: CheckTarget,
  transaction: SipTransaction,
  signal: AbortSignal,
): Promise<CheckResult> {
  const take = (datagram: Buffer) => {
    const text = datagram.toString('latin1');
    const answer = wholeAnswer(text, secretsOf(target));
    if (answer !== undefined) return transaction.take(answer);
    transaction.pass(text);
    return undefined;
  };
  const resendMs = (sent: number) =>
    transaction.heard ? T2_MS : Math.min(T1_MS * 2 ** (sent - 1), T2_MS);
  return askByUdp(
    target,
    (own) => ({ datagram: transaction.request(own), take, resendMs }),
    signal,
  );
}

/** A response that is none, or is cut short, is to be discarded. Source: RFC 3261 18.3. */
function wholeAnswer(text: string, secrets: readonly string[]): SipAnswer | undefined {
  try {
    const answer = parseSipAnswer(text, secrets);
    return answer && answer.length <= text.length ? answer : undefined;
  } catch {
    return undefined;
  }
}

async function askByTcp(
  target: CheckTarget,
  transaction: SipTransaction,
  signal: AbortSignal,
): Promise<CheckResult> {
  const socket = await openSocket(peerOf(target), signal);
  const { localAddress = '', localPort = 0 } = socket;
  socket.write(transaction.request({ address: localAddress, port: localPort }));
  for await (const answer of answersOn(socket, secretsOf(target), signal)) {
    const result = transaction.take(answer);
    if (result !== undefined) return result;
  }
  throw new Error(`expected ${EXPECTED}, but the connection was closed`);
}

async function* answersOn(
  socket: Socket,
  secrets: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<SipAnswer, void> {
  let pending = '';
  let passed = 0;
  const bounds = { signal, expected: EXPECTED, limit: ANSWERS_LIMIT };
  for await (const piece of piecesOf(socket, bounds)) {
    pending += piece;
    for (;;) {
      // The body of the last answer may still be on its way.
      const cut = Math.min(passed, pending.length);
      pending = pending.slice(cut);
      passed -= cut;
      const answer = parseSipAnswer(pending, secrets);
      if (answer === undefined) break;
      yield answer;
      passed = answer.length;
    }
  }
}
