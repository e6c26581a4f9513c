import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { ENGINES } from '../engines/index.ts';
import { didYouMean } from '../model/nearest.ts';
import { pemCertificates } from '../model/pem.ts';
import { reasonOf } from '../model/reason.ts';
import { facilityNamed } from '../model/syslog.ts';
import type { EngineName } from '../model/virtual-service.ts';
import { duration } from './duration.ts';
import { expected } from './values.ts';

// What a key's text may be: each reader throws a RangeError that says what was expected, as in
// "example".

/** A busy machine has threads wait for a moment. */
const SHORTEST_PATIENCE_MS = 2000;

/** As {@link duration}, of 2 s or more. */
export function patience(text: string): number {
  const milliseconds = duration(text);
  return milliseconds >= SHORTEST_PATIENCE_MS
    ? milliseconds
    : expected('a time of 2 s or more', '10s');
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

/** @returns true for yes */
export function yesno(text: string): boolean {
  if (text === 'yes' || text === 'true') return true;
  if (text === 'no' || text === 'false') return false;
  return expected('yes or no', 'yes');
}

/** What `engine =` may be. */
export const ENGINE_NAMES: readonly string[] = [...Object.keys(ENGINES), 'auto'];

/** An engine that this version has, or `auto`. */
export function engine(text: string): EngineName {
  if (isEngine(text)) return text;
  const hint = didYouMean(text, ENGINE_NAMES);
  return expected(`an engine: ${ENGINE_NAMES.join(', ')}`, 'net', hint);
}

function isEngine(text: string): text is keyof typeof ENGINES | 'auto' {
  return ENGINE_NAMES.includes(text);
}

/** Far above the authorities of the world. */
const LARGEST_STORE = 2 ** 24;

/** Path of a file with PEM certificates, which is looked into. */
export function authorities(text: string): string | undefined {
  const example = '/etc/ssl/our-ca.pem';
  if (!isAbsolute(text)) return expected('an absolute path', example);
  const pem = readStore(text) ?? expected('a file that can be read', example);
  try {
    pemCertificates(pem);
    return text;
  } catch (error) {
    const why = reasonOf(error);
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

/** Whole days, 0 to 3650. */
export function days(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  return number <= 3650 ? number : expected('whole days, 0 to 3650', '30');
}

/** Checks in a row, 1 to 100. */
export function rounds(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= 100
    ? number
    : expected('how many checks in a row, 1 to 100', '3');
}

/** `10 %`, `10%` or `10`. @returns percents, from 0 to `most`, NaN for anything else */
function percents(text: string, most: number): number {
  const number = Number(/^(\d+(?:\.\d+)?) ?%?$/.exec(text)?.[1] ?? NaN);
  return number <= most ? number : NaN;
}

/** 0 to 50 percent. */
export function jitter(text: string): number {
  const number = percents(text, 50);
  return Number.isNaN(number) ? expected('0 to 50 %', '10%') : number;
}

/** 0 to 99 percent: all of them may go where there is no threshold. */
export function panicThreshold(text: string): number | undefined {
  const number = percents(text, 99);
  return Number.isNaN(number) ? expected('0 to 99 %', '50%') : number;
}

/** 1 to 10,000,000. */
export function connections(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= 10_000_000
    ? number
    : expected('how many connections, 1 to 10000000', '20000');
}

/** Each has a stack, a heap and a column in every record. */
const MOST_WORKERS = 64;

/** Threads, 1 to 64, or `auto`. */
export function workers(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= MOST_WORKERS
    ? number
    : expected(`auto, or how many threads, 1 to ${MOST_WORKERS}`, 'auto" or "2');
}

/** Where log lines go: an absolute path, or a syslog facility. */
export function logPlace(text: string): string {
  return isAbsolute(text) || facilityNamed(text) !== undefined
    ? text
    : expected(
        'an absolute path or a syslog facility',
        '/var/log/l4director-connections.log" or "local0',
      );
}

/** Longest name of a device, and how many are one too many to be meant. Source: ip-link(8). */
const DEVICE = /^[^\s/,]{1,15}$/;
const MOST_DEVICES = 256;

/** Names of network devices with commas between; none for `no`. */
export function devices(text: string): readonly string[] {
  if (text === 'no') return [];
  const names = text.split(',').map((name) => name.trim());
  return names.length <= MOST_DEVICES && names.every((name) => DEVICE.test(name))
    ? [...new Set(names)]
    : expected('no, or devices with commas between', 'eth0,eth1');
}
