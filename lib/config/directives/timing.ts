import { digits, type ValueParser } from '../values.ts';
import type { Directive } from './directive.ts';

const SECONDS = 'whole seconds, 1 or more';
const seconds = (example: string) => digits(SECONDS, example, { zero: 'only as 00' });
const strictSeconds = (example: string) =>
  digits(SECONDS, example, { zero: 'refused' });
const count = digits('a whole number, 1 or more', '3', { zero: 'only as 00' });

const checkcount: ValueParser<number | undefined> = (value, note) => {
  const number = count(value, note);
  note('checkcount is deprecated and counts for ping checks only; see failurecount');
  return number;
};

/** How often and how patiently real servers are checked. */
export const TIMING = {
  checktimeout: {
    scope: 'both',
    syntax: '<seconds>',
    parse: strictSeconds('5'),
    parseInSection: seconds('5'),
    default: 'negotiatetimeout, else 5',
    unit: 'seconds',
    doc: 'How long a connect, external or ping check may take before the server is down.',
  },
  negotiatetimeout: {
    scope: 'both',
    syntax: '<seconds>',
    parse: strictSeconds('30'),
    parseInSection: seconds('30'),
    default: 'checktimeout, else 30',
    unit: 'seconds',
    doc: 'How long a negotiate check may take as a whole before the server is down.',
  },
  checkinterval: {
    scope: 'both',
    syntax: '<seconds>',
    parse: seconds('10'),
    default: '10',
    unit: 'seconds',
    doc: 'Time between two checks of a server. In a section it counts only with fork=yes.',
  },
  checkcount: {
    scope: 'both',
    syntax: '<number>',
    parse: checkcount,
    default: '1',
    doc: 'How many times a ping check asks. Deprecated by ldirectord; see failurecount.',
  },
  failurecount: {
    scope: 'both',
    syntax: '<number>',
    parse: count,
    default: '1',
    doc: 'How many checks in a row must fail before the server counts as down.',
  },
} as const satisfies Record<string, Directive<unknown>>;
