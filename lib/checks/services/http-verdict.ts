import type { CheckContext, CheckResult, CheckTarget } from '../../model/check.ts';
import { excerpt } from '../excerpt.ts';
import { oneLine } from '../message.ts';
import { secretsOf } from '../secrets.ts';
import type { Page } from './http-fetch.ts';
import { judgeReceived } from './received.ts';

/** Up when the status is 2xx and, where there is a receive, the body matches. Only the body
 *  counts. Source: ldirectord(8), observed. */
export async function judgePage(
  { answer, hops }: Page,
  target: CheckTarget,
  context: CheckContext,
): Promise<CheckResult> {
  const came = excerpt(`${answer.status} ${answer.reason}`, secretsOf(target), 80);
  const after = hops === 0 ? '' : ` (after ${hops} redirect${hops === 1 ? '' : 's'})`;
  if (answer.status < 200 || answer.status > 299)
    return { up: false, message: `${came}: expected 2xx${after}` };
  const received = { what: 'body', bytes: answer.body, tooLong: answer.tooLong };
  const result = await judgeReceived(
    received,
    target,
    context,
    `${came}${after}`,
    after,
  );
  return result.up || target.httpmethod === 'GET' ? result : noBody(target);
}

function noBody({ receive }: CheckTarget): CheckResult {
  const pattern = `/${oneLine(receive?.perl ?? '', 80)}/`;
  return {
    up: false,
    message: `HEAD brings no body, so ${pattern} cannot match: expected httpmethod=GET`,
  };
}
