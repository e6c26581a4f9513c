import { connections, duration } from '../ini-values.ts';
import { networks } from '../limit-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[limits]`. */
export const LIMITS_KEYS = {
  connections: {
    section: 'limits',
    perService: false,
    syntax: '<number>',
    parse: connections,
    default: undefined as number | undefined,
    doc: 'Most client connections at once; without it as many as the limit of open files allows.',
  },
  'drain-timeout': {
    section: 'limits',
    perService: false,
    syntax: '<time>',
    parse: duration,
    default: 24 * 3_600_000,
    doc: 'How long after an upgrade the director before it goes on with what it has open.',
  },
  allow: {
    section: 'limits',
    perService: true,
    syntax: 'no | <network or file>[, <network or file>]...',
    parse: networks,
    default: [] as readonly string[],
    doc: 'Networks whose clients alone are let in; in a file one a line.',
  },
  deny: {
    section: 'limits',
    perService: true,
    syntax: 'no | <network or file>[, <network or file>]...',
    parse: networks,
    default: [] as readonly string[],
    doc: 'Networks whose clients are refused, be they in allow or not.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
