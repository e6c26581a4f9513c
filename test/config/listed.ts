import { isDeepStrictEqual } from 'node:util';
import { byDecimalText } from './decimal-text.ts';
import type { Difference } from './differential.ts';

/** A difference from ldirectord that is meant. */
interface Listed {
  readonly name: string;
  readonly reason: string;
  readonly covers: (found: Difference, text: string) => boolean;
}

const NUMBERS = [
  ...[
    'checktimeout',
    'negotiatetimeout',
    'checkinterval',
    'checkcount',
    'failurecount',
  ],
];

/** So many servers take ldirectord a second or more. */
const SLOW = 4096;

/** The whole list; docs/config.md says the same in words. */
export const LISTED: readonly Listed[] = [
  {
    name: 'a number written 00',
    reason: 'ldirectord takes 0: no time-out, no pause. Here the line does not count.',
    covers: ({ what }, text) =>
      NUMBERS.includes(what) &&
      /(?:time-?out|interval|count)[^\n]*?\D0+(?!\d)/.test(text),
  },
  {
    name: 'persistent = 0',
    reason:
      'ipvsadm refuses it and the service is missing. Here there is no persistence.',
    covers: ({ what, theirs }) => what === 'persistent' && theirs === 0,
  },
  {
    name: 'a global fallback serves marks',
    reason: 'ldirectord calls ipvsadm with no address there, which fails.',
    covers: ({ what, theirs, service }) =>
      what === 'fallback' && theirs === null && service?.protocol === 'fwm',
  },
  {
    name: 'fallback port 0',
    reason: "Port 0 is no port. Here it is the service's.",
    covers: ({ what, theirs }) =>
      what === 'fallback' && /"port":0[,}]/.test(JSON.stringify(theirs)),
  },
  {
    name: 'ranges are compared as numbers',
    reason: 'ldirectord compares decimal text, and loses some ranges whole.',
    covers: ({ what, ours, theirs, lines = [] }) =>
      what === 'reals' && isDeepStrictEqual(byDecimalText(ours, lines), theirs),
  },
  {
    name: 'a range names at most 65536 servers',
    reason: 'ldirectord takes hours over more.',
    covers: (found) => refusesAlone(found, /a range of at most/),
  },
  {
    name: 'a range of thousands is read at once',
    reason: 'ldirectord looks through all servers for each, and the oracle waits 10 s.',
    covers: ({ what, theirs, lines = [] }) =>
      what === 'verdict' && theirs === 'timeout\n' && lines.length > SLOW,
  },
  {
    name: 'a pattern that JavaScript has no words for is refused',
    reason: 'A check that means something else than the file says would be worse.',
    covers: (found) => refusesAlone(found, /a pattern without/),
  },
];

/** Whether ours refuses a line for that reason, which ldirectord takes: it accepts the file, or
 *  refuses a later line. */
function refusesAlone({ what, ours, lines }: Difference, reason: RegExp): boolean {
  if (!reason.test(String(ours))) return false;
  const [mine = 0, other = 0] = lines ?? [];
  return what === 'verdict' || (what === 'line' && mine < other);
}

/** Whether the list has it. */
export function isListed(found: Difference, text: string): boolean {
  return LISTED.some(({ covers }) => covers(found, text));
}
