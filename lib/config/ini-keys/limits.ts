import type { Rate } from '../../model/virtual-service.ts';
import { duration } from '../duration.ts';
import { connections, yesno } from '../ini-values.ts';
import { cap, netmask6, networks, rate } from '../limit-values.ts';
import type { IniKey } from './ini-key.ts';

const TCP = { ids: /^tcp:/, words: 'a TCP service' };

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
  'source-connections': {
    section: 'limits',
    perService: true,
    syntax: 'no | <number>',
    parse: cap,
    default: 0,
    only: TCP,
    doc: 'Most connections of one client address at once.',
  },
  'source-rate': {
    section: 'limits',
    perService: true,
    syntax: 'no | <number>/<time>',
    parse: rate,
    default: undefined as Rate | undefined,
    only: TCP,
    doc: 'How many connections one client address may make in that time.',
  },
  'source-netmask6': {
    section: 'limits',
    perService: true,
    syntax: '<prefix length>',
    parse: netmask6,
    default: 64,
    only: TCP,
    doc: 'IPv6 addresses that have so many bits in common count as one there.',
  },
  'server-connections': {
    section: 'limits',
    perService: true,
    syntax: 'no | <number>',
    parse: cap,
    default: 0,
    doc: 'Most connections at once of each real server that has no u: in its line.',
  },
  'service-connections': {
    section: 'limits',
    perService: true,
    syntax: 'no | <number>',
    parse: cap,
    default: 0,
    doc: 'Most connections of the service at once.',
  },
  queue: {
    section: 'limits',
    perService: true,
    syntax: 'no | <number>',
    parse: cap,
    default: 0,
    only: TCP,
    doc: 'How many clients may wait for a place, where all are taken.',
  },
  'queue-timeout': {
    section: 'limits',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: 5000,
    only: TCP,
    doc: 'For how long; who has waited in vain is refused.',
  },
  abortonclose: {
    section: 'limits',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: true,
    only: TCP,
    doc: 'Whether a client that has ended its direction while it waits is taken for gone.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
