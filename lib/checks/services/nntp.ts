import type { Check } from '../../model/check.ts';
import { openLines } from '../line-socket.ts';
import { describe, oneLine } from '../message.ts';
import { peerOf } from '../socket.ts';

const EXPECTED = 'a greeting that starts with 2';

/** `service = nntp`: up when the greeting starts with 2; nothing is sent. Source:
 *  ldirectord(8); RFC 3977 5.1. */
export const nntpCheck: Check = async (target, { signal }) => {
  try {
    using lines = await openLines(peerOf(target), signal);
    const greeting = await lines.read(EXPECTED);
    if (!greeting.startsWith('2')) throw lines.unexpected(EXPECTED, greeting);
    return { up: true, message: oneLine(greeting, 80) };
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};
