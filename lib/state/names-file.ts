import { isIP } from 'node:net';
import { writeAtomically } from '../model/atomic-write.ts';
import { hostName } from '../model/host-name.ts';
import type { Log } from '../model/log.ts';
import type { LeftAnswer, LeftRecord } from '../model/name-status.ts';
import { isObject } from './is-object.ts';
import { readSealed, type SealedKind } from './read-sealed.ts';
import { seal } from './sealed.ts';

const KIND: SealedKind<readonly LeftAnswer[]> = {
  version: 1,
  mostBytes: 32 << 20,
  parse: parseAnswers,
  lost: () => 'real servers by name are there when a name server answers',
};

/** The last answers of name servers, on disk. Neither call rejects: without the file a start needs a name server
 *  that answers, and the log says so. */
export interface NamesFile {
  read(): Promise<readonly LeftAnswer[]>;
  write(left: readonly LeftAnswer[]): Promise<void>;
}

export function namesFile(path: string, log: Log): NamesFile {
  /** Whether the last attempt to write failed: it is told once. */
  let isFailing = false;
  return {
    read: async () => (await readSealed(path, KIND, log)) ?? [],
    async write(left) {
      try {
        const answers = JSON.stringify(left);
        await writeAtomically(path, seal(KIND.version, [`"answers":${answers}}\n`]));
        isFailing = false;
      } catch (error) {
        if (!isFailing)
          log.error(
            `Cannot write ${path}: ${String(error)} (a start while no name server answers would lack real servers)`,
          );
        isFailing = true;
      }
    },
  };
}

/** @throws Error saying what it is not */
function parseAnswers(text: string): readonly LeftAnswer[] {
  const found: unknown = JSON.parse(text);
  if (!isObject(found) || !Array.isArray(found.answers))
    throw new Error('it holds no answers');
  const wrong = found.answers.findIndex((row) => !isAnswer(row));
  if (wrong >= 0) throw new Error(`row ${wrong + 1} of its answers is none`);
  return found.answers;
}

function isAnswer(row: unknown): row is LeftAnswer {
  return (
    isObject(row) &&
    typeof row.name === 'string' &&
    ['A', 'AAAA', 'SRV'].includes(String(row.type)) &&
    Number.isFinite(row.answeredAt) &&
    Math.abs(Number(row.answeredAt)) <= LAST_DATE &&
    Array.isArray(row.records) &&
    row.records.every((record) => isRecord(record, row.type === 'SRV'))
  );
}

/** Source: ECMA-262, 21.4.1.1. */
const LAST_DATE = 8.64e15;

function isRecord(record: unknown, isSrv: boolean): record is LeftRecord {
  if (!isObject(record)) return false;
  if (!isSrv) return isIP(String(record.address)) !== 0;
  const numbers = [record.priority, record.weight, record.port];
  return (
    hostName(String(record.target)) === record.target &&
    numbers.every((n) => Number.isInteger(n) && Number(n) >= 0 && Number(n) <= 65_535)
  );
}
