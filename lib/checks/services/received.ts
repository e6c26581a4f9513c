import type { CheckContext, CheckResult, CheckTarget } from '../../model/check.ts';
import { excerpt } from '../excerpt.ts';
import { oneLine } from '../message.ts';
import { secretsOf } from '../secrets.ts';

/** What a server gave where it was asked for something whole: a page, a file. */
export interface Received {
  /** What to call it: "body", "file". */
  readonly what: string;
  readonly bytes: Buffer;
  /** There was more than bodyLimit. */
  readonly tooLong: boolean;
}

/** Up when there is no receive, or it matches; bytes count as latin1 text. Source:
 *  ldirectord(8), observed.
 *  @param praise  the message when up
 *  @param after   added to the message when it does not match */
export async function judgeReceived(
  { what, bytes, tooLong }: Received,
  target: CheckTarget,
  context: CheckContext,
  praise: string,
  after = '',
): Promise<CheckResult> {
  const { receive, bodyLimit } = target;
  if (receive === undefined || receive.perl === '')
    return { up: true, message: praise };
  if (tooLong)
    return {
      up: false,
      message: `${what} of more than ${count(bodyLimit)}: not matched against receive`,
    };
  const text = bytes.toString('latin1');
  if (await context.matches(receive, text)) return { up: true, message: praise };
  const pattern = `/${oneLine(receive.perl, 80)}/`;
  const shown = start(text, target);
  return {
    up: false,
    message: `${what} of ${count(text.length)} does not match ${pattern}${shown}${after}`,
  };
}

/** "1,024 bytes". */
export function count(bytes: number): string {
  return `${bytes.toLocaleString('en')} byte${bytes === 1 ? '' : 's'}`;
}

function start(body: string, target: CheckTarget): string {
  const text = excerpt(body, secretsOf(target), 60);
  return text === '' ? '' : ` (starts with "${text}")`;
}
