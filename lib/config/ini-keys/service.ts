import type { RealsFrom } from '../../model/reals-from.ts';
import { realsFrom } from '../names-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys that nothing but a `[service ID]` can have. */
export const SERVICE_KEYS = {
  'reals-from': {
    section: 'service',
    perService: true,
    syntax:
      'no | <name>:<port> <method> [<weight>] | _<service>._<protocol>.<name> <method>[, ...]',
    parse: realsFrom,
    default: [] as readonly RealsFrom[],
    doc: 'Names whose addresses, or SRV records, are real servers of the service beside those of its real lines.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
