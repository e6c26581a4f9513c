import { existsSync, readFileSync } from 'node:fs';

/** Of util-linux. */
export const TASKSET = '/usr/bin/taskset';

/** The processors that this process may use, by number.
 *  Source: proc_pid_status(5), "Cpus_allowed_list: 0-3,8". */
function allowedProcessors(): readonly number[] {
  const status = readFileSync('/proc/self/status', 'latin1');
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

/** Words in front of a command that keep it on one processor. */
export function pinnedTo(processor: number): readonly string[] {
  return [TASKSET, '-c', String(processor)];
}

/** The first two processors; undefined where there is one only, or no `taskset`. */
export function twoProcessors(): readonly [number, number] | undefined {
  const [first, second] = allowedProcessors();
  if (!existsSync(TASKSET) || first === undefined || second === undefined) return;
  return [first, second];
}
