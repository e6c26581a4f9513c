import { duration } from './duration.ts';
import { expected } from './values.ts';

// What the agent's keys may say: each reader throws a RangeError that says what was expected, as in
// "example".

/** 1 to 65535. @returns undefined for `no` */
export function agentPort(text: string): number | undefined {
  if (text === 'no') return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535
    ? port
    : expected('a port, 1 to 65535, or no', '9990');
}

/** An agent is asked on a new connection each time. */
const SHORTEST_MS = 100;

/** As {@link duration}, of 100 ms or more. */
export function agentInterval(text: string): number {
  const milliseconds = duration(text);
  return milliseconds >= SHORTEST_MS
    ? milliseconds
    : expected('a time of 100 ms or more', '2s');
}

const LONGEST = 256;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
};

/** Up to 256 bytes. @returns them, each one character (latin1), with `\n`, `\r`, `\t`, `\\` replaced */
export function agentSend(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  if (/\\(?![nrt\\])/.test(bytes.replaceAll('\\\\', '')))
    return expected('only \\n, \\r, \\t and \\\\ behind a backslash', 'state\\n');
  const sent = bytes.replace(/\\([nrt\\])/g, (_, letter) => ESCAPES[letter] ?? '');
  return sent.length >= 1 && sent.length <= LONGEST
    ? sent
    : expected(`a text of 1 to ${LONGEST} bytes`, 'state\\n');
}
