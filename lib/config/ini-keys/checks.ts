import { authorities, days, size, yesno } from '../ini-values.ts';
import { type CheckProxy, checkProxy } from '../proxy-values.ts';
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
  'check-send-proxy': {
    section: 'checks',
    perService: true,
    syntax: 'no | yes | v1 | v2',
    parse: checkProxy,
    default: undefined as CheckProxy,
    only: { ids: /^tcp:/, words: 'a TCP service', refused: true },
    doc: 'Whether checks begin with a PROXY header; yes: of the version of send-proxy.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
