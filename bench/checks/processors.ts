import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

const TASKSET = '/usr/bin/taskset';

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
  const [first, second] = allowed();
  const root = process.getuid?.() === 0;
  if (root) setPriority(NICE);
  if (!existsSync(TASKSET) || first === undefined || second === undefined)
    return {
      subject: [],
      rest: [],
      words: 'not pinned: needs taskset and two processors',
    };
  const pin = (number: number) => [TASKSET, '-c', String(number)];
  spawnSync(TASKSET, ['-acp', String(first), String(process.pid)]);
  return {
    subject: pin(second),
    rest: pin(first),
    words: `the subject is pinned to processor ${second}, all else of the bench to ${first}${root ? `; nice ${NICE}` : ''}`,
  };
}

/** Source: proc_pid_status(5), "Cpus_allowed_list: 0-3,8". */
function allowed(): readonly number[] {
  const status = readFileSync('/proc/self/status', 'latin1');
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
