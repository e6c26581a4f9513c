import type { Subject } from '../subjects/subject.ts';
import type { Figures, Measure } from './row.ts';

/** The measures of {@link costOf}. */
export function costs(unit: string, units: string) {
  return {
    rate: { title: `${units}/s`, digits: 0 },
    cpu: { title: `CPU us a ${unit}`, digits: 1 },
  } as const satisfies Record<string, Measure>;
}

/** Operations a second under a load, and the subject's processor time an operation, of which there
 *  is none when nobody is between.
 *  @param load  settles with the operations done */
export async function costOf(
  { child }: Subject,
  load: () => Promise<number>,
): Promise<Figures> {
  const cpuBefore = child?.cpu() ?? 0;
  const start = performance.now();
  const operations = await load();
  const rate = operations / ((performance.now() - start) / 1000);
  return child ? { rate, cpu: (child.cpu() - cpuBefore) / operations } : { rate };
}
