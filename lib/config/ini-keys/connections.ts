import { onDown } from '../connection-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[net]` about the connections that are open: how long they last, and when they end. */
export const CONNECTION_KEYS = {
  'on-down': {
    section: 'net',
    perService: true,
    syntax: 'keep | kill',
    parse: onDown,
    default: undefined,
    doc: 'What becomes of the connections of a server that is found down; without it that is what quiescent says.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
