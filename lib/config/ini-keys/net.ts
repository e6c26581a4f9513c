import type { ProxyVersion } from '../../model/proxy-header.ts';
import type { EngineName } from '../../model/virtual-service.ts';
import {
  duration,
  ENGINE_NAMES,
  engine,
  patience,
  workers,
  yesno,
} from '../ini-values.ts';
import { networks, proxyVersion } from '../proxy-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[net]`. */
export const NET_KEYS = {
  engine: {
    section: 'net',
    perService: true,
    syntax: ENGINE_NAMES.join(' | '),
    parse: engine,
    default: 'net' as EngineName,
    doc: 'What makes the traffic flow; auto: what suits the service and works on this machine.',
  },
  'connect-timeout': {
    section: 'net',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: 3_000,
    doc: 'A real server that does not take a connection within that time is left out for it.',
  },
  'idle-timeout': {
    section: 'net',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: 900_000,
    doc: 'A connection over which nothing has gone for so long is ended.',
  },
  'half-closed-timeout': {
    section: 'net',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: 60_000,
    doc: 'The same once one side has ended its direction.',
  },
  'udp-idle-timeout': {
    section: 'net',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: 300_000,
    doc: 'A UDP session, which is one port of a client, ends when it was silent for so long.',
  },
  'udp-answer-timeout': {
    section: 'net',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: 10_000,
    doc: 'How long the answer to a DNS query, or to a packet of an ops service, is waited for.',
  },
  capture: {
    section: 'net',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    only: {
      ids: /^tcp:(?!0\.0\.0\.0:|\[::\]:)/,
      words: 'a TCP service with an address of its own',
    },
    doc: 'Whether the kernel leads clients to a port of ours, where another program holds *:80; takes root and nft.',
  },
  'send-proxy': {
    section: 'net',
    perService: true,
    syntax: 'no | v1 | v2',
    parse: proxyVersion,
    default: undefined as ProxyVersion | undefined,
    only: { ids: /^tcp:/, words: 'a TCP service', refused: true },
    doc: 'Version of the PROXY header by which real servers learn whose connection it is.',
  },
  'accept-proxy': {
    section: 'net',
    perService: true,
    syntax: 'no | <address>[/<prefix>][,<address>[/<prefix>] ...]',
    parse: networks,
    default: [] as readonly string[],
    only: { ids: /^tcp:/, words: 'a TCP service', refused: true },
    doc: 'Clients who must begin with such a header, of either version: the proxies that stand before this host.',
  },
  'accept-proxy-timeout': {
    section: 'net',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: 3_000,
    only: { ids: /^tcp:/, words: 'a TCP service', refused: true },
    doc: 'One whose header is not there within that time is reset.',
  },
  workers: {
    section: 'net',
    perService: false,
    syntax: 'auto | <number>',
    parse: workers,
    default: 'auto' as number | 'auto',
    doc: 'How many threads forward; auto: one a processor, at most 8. Above 1 needs Node 22.12.',
  },
  'worker-timeout': {
    section: 'net',
    perService: false,
    syntax: '<time>',
    parse: patience,
    default: 10_000,
    doc: 'One of these threads that has done nothing at all for so long is replaced; its connections are lost.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
