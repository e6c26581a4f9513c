import { yesno } from '../ini-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[metrics]`. */
export const METRICS_KEYS = {
  'haproxy-names': {
    section: 'metrics',
    perService: false,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    doc: "Whether /metrics has the numbers under the names of HAProxy's exporter too.",
  },
} as const satisfies Record<string, IniKey<unknown>>;
