import { yesno } from '../ini-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[alerts]`. */
export const ALERTS_KEYS = {
  digest: {
    section: 'alerts',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    doc: 'Whether what one round of checks finds goes into one mail for each service.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
