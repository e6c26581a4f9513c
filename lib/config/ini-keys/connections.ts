import {
  addresses,
  keepalive,
  onDown,
  orNo,
  rate,
  share,
  strangers,
} from '../connection-values.ts';
import { duration } from '../ini-values.ts';
import type { IniKey } from './ini-key.ts';

const TCP = { ids: /^tcp:/, words: 'a TCP service' } as const;

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
  'max-age': {
    section: 'net',
    perService: true,
    syntax: 'no | <time>',
    parse: orNo(duration),
    default: undefined,
    only: TCP,
    doc: 'A connection that is so old is ended, busy or not.',
  },
  'max-age-jitter': {
    section: 'net',
    perService: true,
    syntax: '<number>%',
    parse: share,
    default: 0.1,
    only: TCP,
    doc: 'By how much of that time later at most, at random, so that those of one moment do not end in one.',
  },
  'drain-deadline': {
    section: 'net',
    perService: true,
    syntax: 'no | <time>',
    parse: orNo(duration),
    default: undefined,
    doc: 'What is open at a server that somebody takes out by hand, for a drain or maintenance, is ended after that time.',
  },
  rebalance: {
    section: 'net',
    perService: true,
    syntax: 'no | <number>/s',
    parse: orNo(rate),
    default: undefined,
    only: TCP,
    doc: 'So many of the oldest connections of other servers are ended for one that came back, until it has its share.',
  },
  source: {
    section: 'net',
    perService: true,
    syntax: 'no | <address>,...',
    parse: addresses,
    default: [] as readonly string[],
    only: TCP,
    advise: strangers,
    doc: 'Addresses of this host that connections to real servers come from, in turn.',
  },
  keepalive: {
    section: 'net',
    perService: true,
    syntax: 'no | <time>',
    parse: keepalive,
    default: 60_000,
    only: TCP,
    doc: 'After so long without a byte the kernel asks both sides whether they are still there.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
