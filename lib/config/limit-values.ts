import { readFileSync, statSync } from 'node:fs';
import { network } from '../model/networks.ts';
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
    return checked(part, (why) => `${why} (not "${part}")`);
  });
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
