import { writeAtomically } from '../model/atomic-write.ts';
import type { Log } from '../model/log.ts';
import {
  isDirectorId,
  isStampedWish,
  type KeptWish,
  type LeftWishes,
} from '../model/peer-wish.ts';
import { isWord } from '../model/plain-values.ts';
import { isObject } from './is-object.ts';
import { readSealed, type SealedKind } from './read-sealed.ts';
import { seal } from './sealed.ts';

const KIND: SealedKind<LeftWishes> = {
  version: 1,
  mostBytes: 32 << 20,
  parse: parseWishes,
  lost: () => 'of what was changed by hand, what the peers say holds',
};

/** In which order directors that know each other made their changes, on disk. Neither call rejects: without the
 *  file a change that was taken back while this director was down may come back, and the log says so. */
export interface WishesFile {
  /** Undefined: there is none. */
  read(): Promise<LeftWishes | undefined>;
  write(left: LeftWishes): Promise<void>;
}

export function wishesFile(path: string, log: Log): WishesFile {
  /** Whether the last attempt to write failed: it is told once. */
  let isFailing = false;
  return {
    read: () => readSealed(path, KIND, log),
    async write({ origin, wishes }) {
      try {
        const rows = JSON.stringify(wishes);
        const members = [`"origin":"${origin}","wishes":${rows}}\n`];
        await writeAtomically(path, seal(KIND.version, members));
        isFailing = false;
      } catch (error) {
        if (!isFailing)
          log.error(
            `Cannot write ${path}: ${String(error)} (until it can be, a change by hand that was taken back may come back after a restart)`,
          );
        isFailing = true;
      }
    },
  };
}

/** @throws Error saying what it is not */
function parseWishes(text: string): LeftWishes {
  const found: unknown = JSON.parse(text);
  if (!isObject(found) || !isDirectorId(found.origin) || !Array.isArray(found.wishes))
    throw new Error('it holds no changes');
  const rows: readonly unknown[] = found.wishes.map(withCount);
  const wrong = rows.findIndex((row) => !isKept(row));
  if (wrong >= 0) throw new Error(`row ${wrong + 1} of its changes is none`);
  return { origin: found.origin, wishes: rows.filter(isKept) };
}

/** A count past all that can be told is the highest of them: who reads it makes it a fair one. */
function withCount(row: unknown): unknown {
  if (!isObject(row) || !Number.isInteger(row.count)) return row;
  return { ...row, count: Math.min(Number(row.count), Number.MAX_SAFE_INTEGER) };
}

function isKept(row: unknown): row is KeptWish {
  return (
    isStampedWish(row) &&
    'here' in row &&
    isWord(row.here) &&
    'isDue' in row &&
    typeof row.isDue === 'boolean'
  );
}
