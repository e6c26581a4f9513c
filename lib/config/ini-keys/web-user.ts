import { passwordHash, type Role, role } from '../web-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[web user NAME]`. */
export const WEB_USER_KEYS = {
  password: {
    section: 'web user',
    perService: false,
    syntax: '<hash>',
    parse: passwordHash,
    default: undefined as string | undefined,
    doc: 'What "l4director hash-password" prints for the password of that user.',
  },
  role: {
    section: 'web user',
    perService: false,
    syntax: 'admin | read-only',
    parse: role,
    default: 'read-only' as Role,
    doc: 'Whether that user may change anything.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
