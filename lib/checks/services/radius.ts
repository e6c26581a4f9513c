import type { Check, CheckResult, CheckTarget } from '../../model/check.ts';
import { excerpt } from '../excerpt.ts';
import { describe } from '../message.ts';
import { secretsOf } from '../secrets.ts';
import { askByUdp } from '../udp.ts';
import { type RadiusAnswer, readAnswer } from './radius-answer.ts';
import { accessRequest } from './radius-request.ts';

/** `service = radius`: up when the server accepts login and passwd. Only what was made with
 *  the secret counts as an answer; anything else is told of when the time-out strikes.
 *  Source: ldirectord(8), RFC 2865. */
export const radiusCheck: Check = async (target, { signal }) => {
  const strays: Strays = { count: 0, last: '' };
  try {
    return judge(await ask(target, strays, signal), target);
  } catch (error) {
    const late = signal.aborted && error === signal.reason;
    return {
      up: false,
      message: `${describe(error)}${late ? `; ${silence(strays)}` : ''}`,
    };
  }
};

/** Datagrams that were no answer, and what was wrong with the last. */
interface Strays {
  count: number;
  last: string;
}

function ask(
  { address, port, login, passwd, secret }: CheckTarget,
  strays: Strays,
  signal: AbortSignal,
): Promise<RadiusAnswer> {
  return askByUdp(
    { address, port },
    (own) => {
      const request = accessRequest({ login, passwd, secret, from: own.address });
      return {
        datagram: request,
        take(datagram) {
          const answer = readAnswer(datagram, request, secret);
          if (typeof answer !== 'string') return answer;
          strays.count++;
          strays.last = answer;
          return undefined;
        },
      };
    },
    signal,
  );
}

function judge({ code, message }: RadiusAnswer, target: CheckTarget): CheckResult {
  if (code === 'Access-Accept') return { up: true, message: code };
  const words = excerpt(message, secretsOf(target), 80);
  const said = words === '' ? '' : ` "${words}"`;
  return { up: false, message: `${code}${said}: expected Access-Accept` };
}

/** Why there may have been no answer, for people. */
function silence({ count, last }: Strays): string {
  if (count === 0)
    return 'a RADIUS server is silent to a client or a secret that it does not know';
  return `${count === 1 ? 'one' : count} came, none valid: the last ${last}`;
}
