import type { EngineName } from '../model/virtual-service.ts';
import { fileMode, groupId, socketPath } from './ini-socket-values.ts';
import {
  authorities,
  connections,
  days,
  devices,
  duration,
  ENGINE_NAMES,
  engine,
  logPlace,
  size,
  workers,
  yesno,
} from './ini-values.ts';
import {
  type ListenAt,
  listenAt,
  passwordHash,
  pemPath,
  type Role,
  role,
} from './web-values.ts';

/** One key of l4director.ini: all that reader, hints and manual know of it. */
export interface IniKey<T> {
  readonly section:
    | 'net'
    | 'nftables'
    | 'checks'
    | 'alerts'
    | 'log'
    | 'metrics'
    | 'control'
    | 'limits'
    | 'web'
    | 'web user';
  /** As the file has it, where two sections have a key of that name; absent: the row's name. */
  readonly key?: string;
  /** A `[service ID]` section may set it for that one. */
  readonly perService: boolean;
  readonly syntax: string;
  /** @throws RangeError saying what was expected, as in "example" */
  readonly parse: (text: string) => T;
  readonly default: T;
  readonly doc: string;
  /** The only services that it does something for; absent: all. */
  readonly only?: { readonly ids: RegExp; readonly words: string };
}

/** Every key of l4director.ini. Reader, hints and manual come from here. */
export const INI_KEYS = {
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
  workers: {
    section: 'net',
    perService: false,
    syntax: 'auto | <number>',
    parse: workers,
    default: 'auto' as number | 'auto',
    doc: 'How many threads forward; auto: one a processor, at most 8. Above 1 needs Node 22.12.',
  },
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
  'tls-verify': {
    section: 'checks',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: true,
    doc: 'Whether the certificate of a real server must be signed by a known authority.',
  },
  'tls-ca': {
    section: 'checks',
    perService: true,
    syntax: '<path>',
    parse: authorities,
    default: undefined as string | undefined,
    doc: "PEM file with authorities besides the system's.",
  },
  'tls-expiry': {
    section: 'checks',
    perService: true,
    syntax: '<days>',
    parse: days,
    default: 30,
    doc: 'A certificate of a real server is reported when it expires within so many days.',
  },
  'body-limit': {
    section: 'checks',
    perService: true,
    syntax: '<size>',
    parse: size,
    default: 2 ** 20,
    doc: 'Largest answer that a check reads; past it the server is down.',
  },
  digest: {
    section: 'alerts',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    doc: 'Whether what one round of checks finds goes into one mail for each service.',
  },
  'log-connections': {
    section: 'log',
    key: 'connections',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    only: { ids: /^tcp:/, words: 'a TCP service' },
    doc: "Whether each TCP connection of the net engine has a line, in the form of HAProxy's tcplog.",
  },
  dontlognull: {
    section: 'log',
    perService: true,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    doc: 'Whether connections on which the client sent nothing and no server failed have none.',
  },
  'connections-file': {
    section: 'log',
    perService: false,
    syntax: '<path> | <syslog facility>',
    parse: logPlace,
    default: '/var/log/l4director-connections.log',
    doc: 'Where these lines go.',
  },
  'haproxy-names': {
    section: 'metrics',
    perService: false,
    syntax: 'yes | no',
    parse: yesno,
    default: false,
    doc: "Whether /metrics has the numbers under the names of HAProxy's exporter too.",
  },
  connections: {
    section: 'limits',
    perService: false,
    syntax: '<number>',
    parse: connections,
    default: undefined as number | undefined,
    doc: 'Most client connections at once; without it as many as the limit of open files allows.',
  },
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
  listen: {
    section: 'web',
    perService: false,
    syntax: '<address>:<port>',
    parse: listenAt,
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

/** What stands in the brackets above keys of that section. */
export function headerOf(section: IniKey<unknown>['section']): string {
  return section === 'web user' ? 'web user NAME' : section;
}
