import { readFileSync, statSync } from 'node:fs';
import { network } from '../model/networks.ts';
import type { Rate } from '../model/virtual-service.ts';
import { duration } from './duration.ts';
import { expected } from './values.ts';

// What the keys of [limits] may be; as in ini-values.ts.

const EXAMPLE = '10.0.0.0/8, 2001:db8::/32';
/** Of a file with networks. */
const LARGEST_FILE = 2 ** 24;

/** Networks with commas between; a path stands for those in that file, one a line. None for `no`. */
export function networks(text: string): readonly string[] {
  if (text === 'no') return [];
  const parts = text.split(',').map((part) => part.trim());
  return parts.flatMap((part) => {
    if (part.startsWith('/')) return listed(part);
    return networkText(part);
  });
}

/** @returns the text of a network as it stands
 *  @throws RangeError with what was expected */
export function networkText(text: string): string {
  return checked(text, (why) => `${why} (not "${text}")`);
}

/** @param inWords  of what is wrong with it */
function checked(text: string, inWords: (why: string) => string): string {
  try {
    network(text);
    return text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(inWords(error.message));
  }
}

function listed(path: string): readonly string[] {
  const text = textOf(path) ?? expected('networks, or a file of them', EXAMPLE);
  return text.split('\n').flatMap((line, at) => {
    const [bare = ''] = line.split('#');
    const where = `${path}:${at + 1}`;
    return bare.trim() === ''
      ? []
      : checked(bare.trim(), (why) => `in ${where}: ${why}`);
  });
}

/** Only of a regular file: reading a pipe could wait for ever. */
function textOf(path: string): string | undefined {
  try {
    const found = statSync(path);
    const good = found.isFile() && found.size <= LARGEST_FILE;
    return good ? readFileSync(path, 'latin1') : undefined;
  } catch {
    return undefined;
  }
}

const MOST = 10_000_000;

/** 1 to 10,000,000. @returns 0 for `no` */
export function cap(text: string): number {
  if (text === 'no') return 0;
  return wholeNumber(text) ?? expected(`no, or a number from 1 to ${MOST}`, '50');
}

/** `100/10s`. @returns undefined for `no` */
export function rate(text: string): Rate | undefined {
  if (text === 'no') return undefined;
  const [number = '', time, ...rest] = text.split('/').map((part) => part.trim());
  const connections = wholeNumber(number);
  if (connections === undefined || time === undefined || rest.length > 0)
    return expected('no, or how many in which time', '100/10s');
  return { connections, windowMs: duration(time) };
}

function wholeNumber(text: string): number | undefined {
  const number = /^\d{1,8}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= MOST ? number : undefined;
}

/** The length of an IPv6 prefix, 1 to 128. */
export function netmask6(text: string): number {
  const bits = wholeNumber(text) ?? 0;
  return bits >= 1 && bits <= 128
    ? bits
    : expected('the length of an IPv6 prefix, 1 to 128', '64');
}
