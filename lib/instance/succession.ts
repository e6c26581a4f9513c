import { rmSync, writeFileSync } from 'node:fs';
import type { Instance } from './instance.ts';
import { leftText } from './left-text.ts';
import { isAlive, type ProcessIdentity } from './process.ts';

/** Tells a starting director whose place it takes, and who was before that: `PID STARTED,...`. */
const MARK = 'L4DIRECTOR_SUCCEEDS';

/** Environment that makes a `start` an upgrade of the first of these directors; the others are those
 *  before it. */
export function succeeding(line: readonly ProcessIdentity[]): Record<string, string> {
  return { [MARK]: line.map(({ pid, started }) => `${pid} ${started}`).join() };
}

/** Whether this process, or one that it starts, is to take a running director's place. */
export function isSuccessor(): boolean {
  return process.env[MARK] !== undefined;
}

/** Whose place this process takes, and who was before that; none: nobody's. Asked once: what it
 *  starts is no successor.
 *  @throws Error when the first has ended meanwhile */
export function takePredecessors(): readonly ProcessIdentity[] {
  const text = process.env[MARK];
  delete process.env[MARK];
  const line = (text?.split(',') ?? []).map((one) => {
    const [pid, started = ''] = one.split(' ');
    return { pid: Number(pid), started };
  });
  const [first] = line;
  if (first && !isAlive(first))
    throw new Error(`the director that hands over (pid ${first.pid}) has ended`);
  return line;
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
      const text = leftText(file)?.text;
      return text?.endsWith('\n') ? text.trimEnd().split('\n') : undefined;
    },
  };
}
