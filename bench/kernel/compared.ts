import type { Sample } from '../samples.ts';

/** What is set beside whose: a figure of a subject over the same of a peer. */
export const RATIOS = [
  { name: 'rateOfDirect', of: 'rate', to: 'direct' },
  { name: 'rateOfHaproxy', of: 'rate', to: 'haproxy' },
  { name: 'workOfDirect', of: 'work', to: 'direct' },
  { name: 'workOfHaproxy', of: 'work', to: 'haproxy' },
] as const;

/** Adds the ratios to every sample. Those of one round are near each other in time: what else the machine
 *  did then fell on all, and hardly shows in them.
 *  @param round  samples of one round, of any rows */
export function compared(round: readonly Sample[]): readonly Sample[] {
  return round.map((sample) => {
    const ratios = RATIOS.flatMap(({ name, of, to }) => {
      const peer = round.find(
        ({ row, subject }) => row === sample.row && subject === to,
      );
      const [own, other] = [sample.figures[of], peer?.figures[of]];
      return own === undefined || !other ? [] : [[name, own / other] as const];
    });
    return { ...sample, figures: { ...sample.figures, ...Object.fromEntries(ratios) } };
  });
}
