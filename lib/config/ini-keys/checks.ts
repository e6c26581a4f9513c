import { agentInterval, agentPort, agentSend } from '../agent-values.ts';
import { authorities, days, size, yesno } from '../ini-values.ts';
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
  'agent-port': {
    section: 'checks',
    perService: true,
    syntax: '<port> | no',
    parse: agentPort,
    default: undefined as number | undefined,
    doc: "Where an agent on each real server says its weight and state, in HAProxy's words.",
  },
  'agent-interval': {
    section: 'checks',
    perService: true,
    syntax: '<time>',
    parse: agentInterval,
    default: undefined as number | undefined,
    doc: 'How often it is asked; without it as often as the server is checked.',
  },
  'agent-send': {
    section: 'checks',
    perService: true,
    syntax: '<text>',
    parse: agentSend,
    default: undefined as string | undefined,
    doc: 'What it is sent, with \\n for a line end; without it nothing.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
