import type { DnsOptions, DnsServer } from '../../model/reals-from.ts';
import { orNo } from '../connection-values.ts';
import { duration } from '../duration.ts';
import { dnsServers, mostServers, whenEmpty } from '../names-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[dns]`. */
export const DNS_KEYS = {
  'dns-servers': {
    section: 'dns',
    key: 'servers',
    perService: false,
    syntax: 'system | <address>[:<port>][,<address>[:<port>] ...]',
    parse: dnsServers,
    default: [] as readonly DnsServer[],
    doc: 'Name servers that names of reals-from are asked of, the next one where one fails; system: those of /etc/resolv.conf.',
  },
  'dns-timeout': {
    section: 'dns',
    key: 'timeout',
    perService: false,
    syntax: '<time>',
    parse: duration,
    default: 1_000,
    doc: 'How long the answer of one of them is waited for.',
  },
  'min-ttl': {
    section: 'dns',
    perService: false,
    syntax: '<time>',
    parse: duration,
    default: 1_000,
    doc: 'An answer lives so long at least, whatever its TTL says.',
  },
  'max-ttl': {
    section: 'dns',
    perService: false,
    syntax: '<time>',
    parse: duration,
    default: 300_000,
    doc: 'And so long at most.',
  },
  'dns-hold': {
    section: 'dns',
    key: 'hold',
    perService: false,
    syntax: 'no | <time>',
    parse: orNo(duration),
    default: 5_000 as number | undefined,
    doc: 'A server that answers do not name any more stays for so long; no: it goes with the first of them.',
  },
  'dns-empty': {
    section: 'dns',
    key: 'empty',
    perService: false,
    syntax: 'keep | remove',
    parse: whenEmpty,
    default: 'keep' as DnsOptions['empty'],
    doc: 'What becomes of the servers of a name when the answer is that it has none, or that there is no such name.',
  },
  'max-servers': {
    section: 'dns',
    perService: false,
    syntax: '<number>',
    parse: mostServers,
    default: 100,
    doc: 'Most real servers of one name; what an answer has beyond them is left out.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
