import { fileMode, groupId, socketPath } from '../ini-socket-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[control]`. */
export const CONTROL_KEYS = {
  mode: {
    section: 'control',
    perService: false,
    syntax: '<octal>',
    parse: fileMode,
    default: 0o660,
    doc: 'Who may look and change through the control socket.',
  },
  group: {
    section: 'control',
    perService: false,
    syntax: '<name> | <gid>',
    parse: groupId,
    default: undefined as number | undefined,
    doc: 'Group of the control socket, in the place of that of the director.',
  },
  'read-only-socket': {
    section: 'control',
    perService: false,
    syntax: '<path>',
    parse: socketPath,
    default: undefined as string | undefined,
    doc: 'A second socket, which shows the same and changes nothing.',
  },
  'read-only-mode': {
    section: 'control',
    perService: false,
    syntax: '<octal>',
    parse: fileMode,
    default: 0o666,
    doc: 'Who may look through it.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
