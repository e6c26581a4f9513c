import { type ListenAt, listenAt, pemPath } from '../web-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[web]`. */
export const WEB_KEYS = {
  listen: {
    section: 'web',
    perService: false,
    syntax: '<address>:<port>',
    parse: (text: string) => listenAt(text),
    default: undefined as ListenAt | undefined,
    doc: 'Where the web page is, if there is to be one; beyond loopback only with users and TLS.',
  },
  'tls-certificate': {
    section: 'web',
    perService: false,
    syntax: '<path>',
    parse: pemPath,
    default: undefined as string | undefined,
    doc: "PEM file with the page's certificate, and those between it and its authority.",
  },
  'tls-key': {
    section: 'web',
    perService: false,
    syntax: '<path>',
    parse: pemPath,
    default: undefined as string | undefined,
    doc: 'PEM file with the key of that certificate.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
