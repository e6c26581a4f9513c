import { spawnSync } from 'node:child_process';
import { setPriority } from 'node:os';
import { pinnedTo, TASKSET, twoProcessors } from '../pin.ts';

/** Who runs where. */
export interface Processors {
  /** Words in front of the command of what is measured. */
  readonly subject: readonly string[];
  /** Of all else. */
  readonly rest: readonly string[];
  /** For the report. */
  readonly words: string;
}

/** Before what else runs on the machine. */
const NICE = -20;

/** One processor for what is measured and another for the rest of the bench, to which this
 *  process moves; and root puts all of it before other programs. */
export function processors(): Processors {
  const two = twoProcessors();
  const root = process.getuid?.() === 0;
  if (root) setPriority(NICE);
  if (!two)
    return {
      subject: [],
      rest: [],
      words: 'not pinned: needs taskset and two processors',
    };
  const [first, second] = two;
  spawnSync(TASKSET, ['-acp', String(first), String(process.pid)]);
  return {
    subject: pinnedTo(second),
    rest: pinnedTo(first),
    words: `the subject is pinned to processor ${second}, all else of the bench to ${first}${root ? `; nice ${NICE}` : ''}`,
  };
}
