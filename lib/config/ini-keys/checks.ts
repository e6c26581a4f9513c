import {
  authorities,
  days,
  duration,
  jitter,
  rounds,
  size,
  yesno,
} from '../ini-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[checks]`. */
export const CHECKS_KEYS = {
  'tls-verify': {
    section: 'checks',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: true,
    doc: 'Whether the certificate of a real server must be signed by a known authority.',
  },
  'tls-ca': {
    section: 'checks',
    perService: true,
    syntax: '<path>',
    parse: authorities,
    default: undefined as string | undefined,
    doc: "PEM file with authorities besides the system's.",
  },
  'tls-expiry': {
    section: 'checks',
    perService: true,
    syntax: '<days>',
    parse: days,
    default: 30,
    doc: 'A certificate of a real server is reported when it expires within so many days.',
  },
  'body-limit': {
    section: 'checks',
    perService: true,
    syntax: '<size>',
    parse: size,
    default: 2 ** 20,
    doc: 'Largest answer that a check reads; past it the server is down.',
  },
  rise: {
    section: 'checks',
    perService: true,
    syntax: '<number>',
    parse: rounds,
    default: 1,
    doc: 'A server that is down is up again after so many good checks in a row.',
  },
  fall: {
    section: 'checks',
    perService: true,
    syntax: '<number>',
    parse: rounds,
    default: undefined as number | undefined,
    doc: 'In the place of failurecount: a server that is up is down after so many bad checks in a row.',
  },
  'down-interval': {
    section: 'checks',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: undefined as number | undefined,
    doc: 'In the place of checkinterval while a server is down.',
  },
  'check-jitter': {
    section: 'checks',
    perService: true,
    syntax: '<percent>',
    parse: jitter,
    default: 0,
    doc: 'The time between two checks is longer or shorter by up to that part of it, at random.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
