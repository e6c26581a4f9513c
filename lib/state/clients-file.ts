import { rm } from 'node:fs/promises';
import { writeAtomically } from '../model/atomic-write.ts';
import type { LeftClients } from '../model/heritage.ts';
import type { Log } from '../model/log.ts';
import { reasonOf } from '../model/reason.ts';
import { isObject } from './is-object.ts';
import { readSealed, type SealedKind } from './read-sealed.ts';
import { seal } from './sealed.ts';

/** Of {@link MOST_CLIENTS}, each at a server of its own. */
const MOST_BYTES = 32 << 20;
/** That are written. */
export const MOST_CLIENTS = 100_000;
const KIND: SealedKind<readonly LeftClients[]> = {
  version: 1,
  mostBytes: MOST_BYTES,
  parse: parseClients,
  lost: () => 'clients that persisted are scheduled anew',
};

/** Clients that persist, on disk. Neither call rejects: without the file they are scheduled anew after a
 *  restart, and the log says so. */
export interface ClientsFile {
  read(): Promise<readonly LeftClients[]>;
  /** @param left  {@link LeftClients} in JSON; none: there is no file afterwards */
  write(left: readonly string[]): Promise<void>;
}

export function clientsFile(path: string, log: Log): ClientsFile {
  /** Whether the last attempt to write failed: it is told once. */
  let isFailing = false;
  return {
    read: async () => (await readSealed(path, KIND, log)) ?? [],
    async write(left) {
      try {
        if (left.length === 0) await rm(path, { force: true });
        else await writeAtomically(path, formatClients(left));
        isFailing = false;
      } catch (error) {
        if (!isFailing)
          log.error(
            `Cannot write ${path}: ${reasonOf(error)} (until it can be, clients that persist would be scheduled anew after a restart)`,
          );
        isFailing = true;
      }
    },
  };
}

function formatClients(left: readonly string[]): readonly string[] {
  const rows = left.flatMap((one, at) => (at === 0 ? [one] : [',\n', one]));
  return seal(KIND.version, ['"clients":[\n', ...rows, ']}\n']);
}

function parseClients(text: string): readonly LeftClients[] {
  const found: unknown = JSON.parse(text);
  if (!isObject(found) || !Array.isArray(found.clients))
    throw new Error('it holds no clients');
  const wrong = found.clients.findIndex((row) => !isLeft(row));
  if (wrong >= 0) throw new Error(`row ${wrong + 1} of its clients is none`);
  return found.clients;
}

/** An IPv4 address or an IPv6 one. */
const CLIENT = /^(?:[0-9a-f]{8}|[0-9a-f]{32})$/;

function isLeft(row: unknown): row is LeftClients {
  if (!isObject(row)) return false;
  const { service, server, netmask, clients, ends } = row;
  return (
    typeof service === 'string' &&
    typeof server === 'string' &&
    (netmask === null || typeof netmask === 'string') &&
    Array.isArray(clients) &&
    clients.every((one) => typeof one === 'string' && CLIENT.test(one)) &&
    Array.isArray(ends) &&
    ends.length === clients.length &&
    ends.every((one) => Number.isFinite(one))
  );
}
