import { accountNamed } from '../accounts.ts';
import type { Account } from '../config.ts';
import { program } from '../ini-alert-values.ts';
import { groupId } from '../ini-socket-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[daemon]`. */
export const DAEMON_KEYS = {
  user: {
    section: 'daemon',
    perService: false,
    syntax: '<name>',
    parse: accountNamed,
    default: undefined as Account | undefined,
    doc: 'What a director that root starts runs as, with the capabilities that its services need.',
  },
  'daemon-group': {
    section: 'daemon',
    key: 'group',
    perService: false,
    syntax: '<name> | <gid>',
    parse: groupId,
    default: undefined as number | undefined,
    doc: "Its group, in the place of that user's own.",
  },
  'role-command': {
    section: 'daemon',
    perService: false,
    syntax: '<path> | no',
    parse: program,
    default: undefined as string | undefined,
    doc: 'Program that is told active or standby when the director takes that role, without a shell.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
