import { logPlace, yesno } from '../ini-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[log]`. */
export const LOG_KEYS = {
  'log-connections': {
    section: 'log',
    key: 'connections',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    only: { ids: /^tcp:/, words: 'a TCP service' },
    doc: "Whether each TCP connection of the net engine has a line, in the form of HAProxy's tcplog.",
  },
  dontlognull: {
    section: 'log',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    doc: 'Whether connections on which the client sent nothing and no server failed have none.',
  },
  'connections-file': {
    section: 'log',
    perService: false,
    syntax: '<path> | <syslog facility>',
    parse: logPlace,
    default: '/var/log/l4director-connections.log',
    doc: 'Where these lines go.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
