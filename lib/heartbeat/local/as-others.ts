import { readFileSync, writeFileSync } from 'node:fs';

/** The unit keeps this process from the OOM killer. What scripts start, Apache say, would inherit that, and nothing
 *  could be killed any more: it gets what all programs have. Source: proc_pid_oom_score_adj(5).
 *  @param pid  of a program that was started just now
 *  @param proc  where procfs is mounted */
export function asOthers(pid: number, proc = '/proc'): void {
  try {
    const file = `${proc}/${pid}/oom_score_adj`;
    if (Number(readFileSync(file, 'latin1')) < 0) writeFileSync(file, '0');
  } catch {
    // It has ended, or the kernel has no such file.
  }
}
