import type { RealsFrom } from '../../model/reals-from.ts';
import type { SniRoute } from '../../model/virtual-service.ts';
import { realsFrom } from '../names-values.ts';
import { sniRoutes } from '../sni-values.ts';
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
  sni: {
    section: 'service',
    perService: true,
    syntax: 'no | <name> [<name> ...] <address>:<port>[, ...]',
    parse: sniRoutes,
    default: [] as readonly SniRoute[],
    only: { ids: /^tcp:/, words: 'a TCP service', refused: true },
    doc: 'Which names of TLS clients who call the service lead to other virtual services, without decryption.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
