import { busyTime, cpuOfTree } from '../proc.ts';
import type { Subject } from '../subjects/subject.ts';
import type { Figures, Measure } from './row.ts';

/** The measures of {@link costOf}. */
export function costs(unit: string, units: string) {
  return {
    rate: { title: `${units}/s`, digits: 0 },
    cpu: { title: `CPU us a ${unit}`, digits: 1 },
  } as const satisfies Record<string, Measure>;
}

/** Operations a second under a load; processor time an operation: of the whole machine (`busy`), of the
 *  bench with load, servers and subject (`work`), and of the subject, when somebody is between.
 *  @param load  settles with the operations done */
export async function costOf(
  { child }: Pick<Subject, 'child'>,
  load: () => Promise<number>,
): Promise<Figures> {
  const cpuBefore = child?.cpu() ?? 0;
  const [busyBefore, workBefore] = [busyTime(), cpuOfTree(process.pid)];
  const start = performance.now();
  const operations = await load();
  const rate = operations / ((performance.now() - start) / 1000);
  const busy = (busyTime() - busyBefore) / operations;
  const work = (cpuOfTree(process.pid) - workBefore) / operations;
  const cost = { rate, busy, work };
  return child ? { ...cost, cpu: (child.cpu() - cpuBefore) / operations } : cost;
}
