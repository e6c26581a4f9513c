import { connections } from '../ini-values.ts';
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
} as const satisfies Record<string, IniKey<unknown>>;
