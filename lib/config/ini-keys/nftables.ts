import { devices, yesno } from '../ini-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[nftables]`. */
export const NFTABLES_KEYS = {
  snat: {
    section: 'nftables',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    doc: "Whether real servers see the director's address as the client's.",
  },
  flowtable: {
    section: 'nftables',
    perService: false,
    syntax: 'no | <device>[,<device> ...]',
    parse: devices,
    default: [] as readonly string[],
    doc: 'Devices between which a flowtable hands on established connections, past all rules.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
