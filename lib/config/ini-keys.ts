import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { ENGINES } from '../engines/index.ts';
import { didYouMean } from '../model/nearest.ts';
import { pemCertificates } from '../model/pem.ts';
import type { EngineName } from '../model/virtual-service.ts';
import { expected } from './values.ts';

/** One key of l4director.ini: all that reader, hints and manual know of it. */
export interface IniKey<T> {
  readonly section: 'net' | 'nftables' | 'checks' | 'alerts' | 'limits';
  /** A `[service ID]` section may set it for that one. */
  readonly perService: boolean;
  readonly syntax: string;
  /** @throws RangeError saying what was expected, as in "example" */
  readonly parse: (text: string) => T;
  readonly default: T;
  readonly doc: string;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** Node's timers hold no more: some 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** `3`, `3s`, `500ms`, `15m`, `1h`. @returns milliseconds, 1 or more */
export function duration(text: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)?$/.exec(text) ?? [];
  const milliseconds = Math.round(Number(number || NaN) * (UNITS[unit] ?? NaN));
  return milliseconds >= 1 && milliseconds <= LONGEST_MS
    ? milliseconds
    : expected('a time above 0, at most 24 days', '3s" or "500ms" or "15m');
}

const SIZES: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20 };
/** Larger ones would fill the memory before they help anybody. */
const LARGEST = 2 ** 28;

/** `65536`, `64k`, `1M`. @returns bytes, 1 or more */
export function size(text: string): number {
  const [, number = '', unit = ''] = /^(\d+) ?(k|m)?(?:i?b)?$/i.exec(text) ?? [];
  const bytes = Number(number || NaN) * (SIZES[unit.toLowerCase()] ?? NaN);
  return bytes >= 1 && bytes <= LARGEST
    ? bytes
    : expected('a size in bytes, 1 to 256M', '64k" or "1M');
}

function yesno(text: string): boolean {
  if (text === 'yes' || text === 'true') return true;
  if (text === 'no' || text === 'false') return false;
  return expected('yes or no', 'yes');
}

const ENGINE_NAMES: readonly string[] = [...Object.keys(ENGINES), 'auto'];

function engine(text: string): EngineName {
  if (isEngine(text)) return text;
  const hint = didYouMean(text, ENGINE_NAMES);
  return expected(`an engine: ${ENGINE_NAMES.join(', ')}`, 'net', hint);
}

function isEngine(text: string): text is keyof typeof ENGINES | 'auto' {
  return ENGINE_NAMES.includes(text);
}

/** Far above the authorities of the world. */
const LARGEST_STORE = 2 ** 24;

function authorities(text: string): string | undefined {
  const example = '/etc/ssl/our-ca.pem';
  if (!isAbsolute(text)) return expected('an absolute path', example);
  const pem = readStore(text) ?? expected('a file that can be read', example);
  try {
    pemCertificates(pem);
    return text;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return expected(`a PEM file with certificates (${why})`, example);
  }
}

/** Only a regular file: reading a pipe could wait for ever. */
function readStore(path: string): string | undefined {
  try {
    const found = statSync(path);
    const good = found.isFile() && found.size <= LARGEST_STORE;
    return good ? readFileSync(path, 'latin1') : undefined;
  } catch {
    return undefined;
  }
}

function days(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  return number <= 3650 ? number : expected('whole days, 0 to 3650', '30');
}

function connections(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= 10_000_000
    ? number
    : expected('how many connections, 1 to 10000000', '20000');
}

/** Each has a stack, a heap and a column in every record. */
const MOST_WORKERS = 64;

function workers(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= MOST_WORKERS
    ? number
    : expected(`auto, or how many threads, 1 to ${MOST_WORKERS}`, 'auto" or "2');
}

/** Longest name of a device, and how many are one too many to be meant. Source: ip-link(8). */
const DEVICE = /^[^\s/,]{1,15}$/;
const MOST_DEVICES = 256;

function devices(text: string): readonly string[] {
  if (text === 'no') return [];
  const names = text.split(',').map((name) => name.trim());
  return names.length <= MOST_DEVICES && names.every((name) => DEVICE.test(name))
    ? [...new Set(names)]
    : expected('no, or devices with commas between', 'eth0,eth1');
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
  connections: {
    section: 'limits',
    perService: false,
    syntax: '<number>',
    parse: connections,
    default: undefined as number | undefined,
    doc: 'Most client connections at once; without it as many as the limit of open files allows.',
  },
} as const satisfies Record<string, IniKey<unknown>>;

export type IniKeyName = keyof typeof INI_KEYS;

/** What a section sets. */
export type IniValues = {
  -readonly [K in IniKeyName]?: ReturnType<(typeof INI_KEYS)[K]['parse']>;
};

/** The row of a key; undefined for an unknown one. */
export function iniKey(name: string): IniKey<unknown> | undefined {
  return Object.hasOwn(INI_KEYS, name) ? INI_KEYS[name as IniKeyName] : undefined;
}
