import { rm } from 'node:fs/promises';
import { writeAtomically } from '../model/atomic-write.ts';
import type { LeftNumbers } from '../model/heritage.ts';
import type { Log } from '../model/log.ts';
import { isObject } from './is-object.ts';
import { readSealed, type SealedKind } from './read-sealed.ts';
import { seal } from './sealed.ts';

const KIND: SealedKind<readonly LeftNumbers[]> = {
  version: 1,
  mostBytes: 32 << 20, // of 100,000 servers
  parse: parseNumbers,
  lost: () => 'counters begin anew',
};

/** Counters, on disk between two runs only: what is older than what somebody has seen of a counter would
 *  look like a leap of all that it had counted. */
export interface NumbersFile {
  /** Afterwards there is no file. Never rejects: where it stays they begin anew, and the log says so. */
  take(): Promise<readonly LeftNumbers[]>;
  /** Never rejects. */
  write(left: readonly LeftNumbers[]): Promise<void>;
}

export function numbersFile(path: string, log: Log): NumbersFile {
  return {
    async take() {
      const found = await readSealed(path, KIND, log);
      if (found === undefined) return [];
      try {
        await rm(path);
        return found;
      } catch (error) {
        log.error(`Cannot remove ${path}: ${String(error)} (counters begin anew)`);
        return [];
      }
    },
    async write(left) {
      const services = JSON.stringify(left.map(plain));
      try {
        await writeAtomically(path, seal(KIND.version, [`"services":${services}}\n`]));
      } catch (error) {
        log.error(`Cannot write ${path}: ${String(error)} (counters will begin anew)`);
      }
    },
  };
}

const OF_SERVICE = [
  'acceptedConnections',
  'refusedConnections',
  'retries',
  'proxyHeaderErrors',
  'sniUnmatched',
  'sniErrors',
] as const;
/** Of a service in the file of a director that did not know them yet. */
const UNKNOWN_YET = { proxyHeaderErrors: 0, sniUnmatched: 0, sniErrors: 0 };
const OF_SERVER = [
  'totalConnections',
  'bytesIn',
  'bytesOut',
  'connectFailures',
] as const;

/** Nothing but what is to be read again. */
function plain({ id, servers, ...of }: LeftNumbers): LeftNumbers {
  const { acceptedConnections, refusedConnections, retries, proxyHeaderErrors } = of;
  const { sniUnmatched = 0, sniErrors = 0 } = of;
  const each = servers.map(
    ({ id, totalConnections, bytesIn, bytesOut, connectFailures }) => ({
      ...{ id, totalConnections, bytesIn, bytesOut, connectFailures },
    }),
  );
  return {
    ...{ id, acceptedConnections, refusedConnections, retries, proxyHeaderErrors },
    ...{ sniUnmatched, sniErrors },
    servers: each,
  };
}

/** @throws Error saying what it is not */
function parseNumbers(text: string): readonly LeftNumbers[] {
  const found: unknown = JSON.parse(text);
  if (!isObject(found) || !Array.isArray(found.services))
    throw new Error('it holds no numbers');
  const rows = found.services.map((row) =>
    isObject(row) ? { ...UNKNOWN_YET, ...row } : row,
  );
  const wrong = rows.findIndex((row) => !isLeft(row));
  if (wrong >= 0) throw new Error(`row ${wrong + 1} of its services is none`);
  return rows;
}

function isLeft(row: unknown): row is LeftNumbers {
  return (
    hasNumbers(row, OF_SERVICE) &&
    Array.isArray(row.servers) &&
    row.servers.every((server) => hasNumbers(server, OF_SERVER))
  );
}

function hasNumbers(
  row: unknown,
  names: readonly string[],
): row is Readonly<Record<string, unknown>> {
  return (
    isObject(row) &&
    typeof row.id === 'string' &&
    names.every((name) => Number.isFinite(row[name]) && Number(row[name]) >= 0)
  );
}
