import { duration } from '../duration.ts';
import { program, secretFile, webhook } from '../ini-alert-values.ts';
import { authorities, patience, yesno } from '../ini-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[alerts]`. */
export const ALERTS_KEYS = {
  digest: {
    section: 'alerts',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    doc: 'Whether what one round of checks finds goes into one mail for each service.',
  },
  webhook: {
    section: 'alerts',
    perService: true,
    syntax: '<url> | no',
    parse: webhook,
    default: undefined as string | undefined,
    doc: 'Where each change of state is posted as JSON.',
  },
  'webhook-secret-file': {
    section: 'alerts',
    perService: true,
    syntax: '<path>',
    parse: secretFile,
    default: undefined as string | undefined,
    doc: 'File with the secret that what is posted is signed with (HMAC-SHA256); without it nothing is.',
  },
  'webhook-ca': {
    section: 'alerts',
    perService: true,
    syntax: '<path>',
    parse: authorities,
    default: undefined as string | undefined,
    doc: "PEM file with authorities for the webhook's certificate, besides the system's.",
  },
  'webhook-timeout': {
    section: 'alerts',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: 5_000,
    doc: 'How long one attempt may take.',
  },
  'webhook-retry-for': {
    section: 'alerts',
    perService: true,
    syntax: '<time>',
    parse: patience,
    default: 600_000,
    doc: 'How long after a change it is tried again; then it is dropped.',
  },
  command: {
    section: 'alerts',
    perService: true,
    syntax: '<path> | no',
    parse: program,
    default: undefined as string | undefined,
    doc: 'Program that is run at each change of state, without a shell.',
  },
  'command-timeout': {
    section: 'alerts',
    perService: true,
    syntax: '<time>',
    parse: duration,
    default: 30_000,
    doc: 'How long it may run; then it is ended, and what it started with it.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
