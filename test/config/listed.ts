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
    covers: ({ what }, text) => what === 'reals' && text.includes('->'),
  },
  {
    name: 'a range names at most 65536 servers',
    reason: 'ldirectord takes hours over more.',
    covers: ({ what, ours }) =>
      what === 'verdict' && /a range of at most/.test(String(ours)),
  },
  {
    name: 'a pattern that JavaScript has no words for is refused',
    reason: 'A check that means something else than the file says would be worse.',
    covers: ({ what, ours }) =>
      what === 'verdict' && /a pattern without/.test(String(ours)),
  },
];

/** Whether the list has it. */
export function isListed(found: Difference, text: string): boolean {
  return LISTED.some(({ covers }) => covers(found, text));
}
