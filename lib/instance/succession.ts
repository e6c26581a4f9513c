import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Instance } from './instance.ts';
import { isAlive, type ProcessIdentity } from './process.ts';

/** Tells a starting director whose place it takes: `PID STARTED`. */
const MARK = 'L4DIRECTOR_SUCCEEDS';

/** Environment that makes a `start` an upgrade of that director. */
export function succeeding({ pid, started }: ProcessIdentity): Record<string, string> {
  return { [MARK]: `${pid} ${started}` };
}

/** Whether this process, or one that it starts, is to take a running director's place. */
export function isSuccessor(): boolean {
  return process.env[MARK] !== undefined;
}

/** Whose place this process takes; undefined: nobody's. Asked once: what it starts is none.
 *  @throws Error when that one has ended meanwhile */
export function takePredecessor(): ProcessIdentity | undefined {
  const text = process.env[MARK];
  delete process.env[MARK];
  if (text === undefined) return undefined;
  const [pid, started = ''] = text.split(' ');
  const predecessor = { pid: Number(pid), started };
  if (isAlive(predecessor)) return predecessor;
  throw new Error(`the director that hands over (pid ${pid}) has ended`);
}

/** Stem of the lock that one successor at a time holds while it gets ready. */
export function successorLock({ lock }: Instance): string {
  return `${lock}.next`;
}

/** Why a director did not hand over, for the command that asked; lines. */
export interface Refusals {
  forget(): void;
  write(reasons: readonly string[]): void;
  /** Undefined: none was written. */
  read(): readonly string[] | undefined;
}

export function refusals({ lock }: Instance): Refusals {
  const file = `${lock}.refused`;
  return {
    forget: () => rmSync(file, { force: true }),
    write: (reasons) => writeFileSync(file, `${reasons.join('\n')}\n`, { mode: 0o600 }),
    read() {
      try {
        const text = readFileSync(file, 'utf8');
        return text.endsWith('\n') ? text.trimEnd().split('\n') : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
