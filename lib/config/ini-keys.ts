import { ALERTS_KEYS } from './ini-keys/alerts.ts';
import { CHECKS_KEYS } from './ini-keys/checks.ts';
import { CONTROL_KEYS } from './ini-keys/control.ts';
import { DAEMON_KEYS } from './ini-keys/daemon.ts';
import { DNS_KEYS } from './ini-keys/dns.ts';
import type { IniKey } from './ini-keys/ini-key.ts';
import { LIMITS_KEYS } from './ini-keys/limits.ts';
import { LOG_KEYS } from './ini-keys/log.ts';
import { METRICS_KEYS } from './ini-keys/metrics.ts';
import { NET_KEYS } from './ini-keys/net.ts';
import { NFTABLES_KEYS } from './ini-keys/nftables.ts';
import { PEER_KEYS } from './ini-keys/peer.ts';
import { SERVICE_KEYS } from './ini-keys/service.ts';
import { WEB_KEYS } from './ini-keys/web.ts';
import { WEB_USER_KEYS } from './ini-keys/web-user.ts';

/** Every key of l4director.ini, a file a section, in the order of the manual. Reader, hints and manual
 *  come from here. */
export const INI_KEYS = {
  ...NET_KEYS,
  ...NFTABLES_KEYS,
  ...CHECKS_KEYS,
  ...ALERTS_KEYS,
  ...LOG_KEYS,
  ...METRICS_KEYS,
  ...LIMITS_KEYS,
  ...SERVICE_KEYS,
  ...DNS_KEYS,
  ...PEER_KEYS,
  ...CONTROL_KEYS,
  ...DAEMON_KEYS,
  ...WEB_KEYS,
  ...WEB_USER_KEYS,
} as const satisfies Record<string, IniKey<unknown>>;

export type IniKeyName = keyof typeof INI_KEYS;

/** What a section sets. */
export type IniValues = {
  -readonly [K in IniKeyName]?: ReturnType<(typeof INI_KEYS)[K]['parse']>;
};

/** A row with its name. */
export type IniRow = readonly [name: IniKeyName, row: IniKey<unknown>];

const ROWS: readonly IniRow[] = Object.entries(INI_KEYS) as [
  IniKeyName,
  IniKey<unknown>,
][];

/** What may stand before a `=`. */
export const KEY_TEXTS: readonly string[] = [
  ...new Set(ROWS.map(([name, { key }]) => key ?? name)),
];

/** The rows of what stands before a `=`, one a section that knows it; none for an unknown one. */
export function iniKeys(text: string): readonly IniRow[] {
  return ROWS.filter(([name, { key }]) => (key ?? name) === text);
}

/** Sections of which there may be several, each with a name of its own. */
const NAMED: Readonly<Record<string, string>> = {
  'web user': 'web user NAME',
  service: 'service ID',
};

/** What stands in the brackets above keys of that section. */
export function headerOf(section: IniKey<unknown>['section']): string {
  return NAMED[section] ?? section;
}

/** Sections that are there once. */
export const PLAIN_SECTIONS: readonly string[] = [
  ...new Set(ROWS.map(([, { section }]) => section)),
].filter((section) => !(section in NAMED));
