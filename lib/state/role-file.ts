import { writeAtomically } from '../model/atomic-write.ts';
import type { Log } from '../model/log.ts';
import { ROLES, type Role, type RoleStatus } from '../model/role.ts';
import { isObject } from './is-object.ts';
import { readSealed, type SealedKind } from './read-sealed.ts';
import { seal } from './sealed.ts';

const KIND: SealedKind<RoleStatus> = {
  version: 1,
  mostBytes: 4096,
  parse: parseRole,
  lost: () => 'the director is active until it is told its role again',
};

/** The role that a director was told, on disk. */
export interface RoleFile {
  /** Undefined: it was never told one. Never rejects: the log says what could not be read. */
  read(): Promise<RoleStatus | undefined>;
  /** @throws when it cannot be written */
  write(status: RoleStatus): Promise<void>;
}

export function roleFile(path: string, log: Log): RoleFile {
  return {
    read: () => readSealed(path, KIND, log),
    write: ({ role, by, since }) =>
      writeAtomically(
        path,
        seal(KIND.version, [`"told":${JSON.stringify({ role, by, since })}}\n`]),
      ),
  };
}

const MOST_CHARACTERS = 1000;

/** @throws Error saying what it is not */
function parseRole(text: string): RoleStatus {
  const found: unknown = JSON.parse(text);
  if (!isObject(found) || !isObject(found.told)) throw new Error('it holds no role');
  const { role, by, since } = found.told;
  if (!isRole(role) || !isWord(by) || !isWord(since))
    throw new Error('it holds no role');
  return { role, by, since };
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}

/** As a line of the log, or a terminal, can show it. */
function isWord(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MOST_CHARACTERS &&
    !/\p{Control}/u.test(value)
  );
}
