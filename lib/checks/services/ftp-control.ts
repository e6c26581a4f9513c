import type { LineSocket } from '../line-socket.ts';
import { withoutControls } from './without-controls.ts';

/** Sends a command and reads what the server says to it.
 *  @param expected  the reply that is wanted: "227"
 *  @param wanted    what its code must look like
 *  @returns         the last line of the reply: "227 Entering Passive Mode (…)"
 *  Rejects at another reply, with both; at the end of the connection; and with the signal's
 *  reason. */
export async function command(
  lines: LineSocket,
  words: string,
  expected: string,
  wanted: RegExp,
): Promise<string> {
  const [verb = ''] = words.split(' ', 1);
  // The words stand in the file and may hold a carriage return.
  lines.send(withoutControls(words));
  return await reply(lines, `${expected} to ${verb}`, wanted);
}

/** Reads a reply, as {@link command}. "120 Service ready in 5 minutes" and its like are no
 *  reply yet, unless wanted. */
export async function reply(
  lines: LineSocket,
  expected: string,
  wanted: RegExp,
): Promise<string> {
  for (;;) {
    const line = await lastLine(lines, expected);
    if (wanted.test(line)) return line;
    if (!line.startsWith('1')) throw lines.unexpected(expected, line);
  }
}

/** A reply of several lines ends with one that has its code and a blank; in between there may
 *  be anything. Source: RFC 959, 4.2. */
async function lastLine(lines: LineSocket, expected: string): Promise<string> {
  const first = await lines.read(expected);
  const [, code, more] = /^(\d{3})(?:( |$)|-)/.exec(first) ?? [];
  if (code === undefined) throw lines.unexpected(expected, first);
  if (more !== undefined) return first;
  for (;;) {
    const line = await lines.read(`the end of reply ${code}`);
    if (line === code || line.startsWith(`${code} `)) return line;
  }
}
