import type { ServiceOutcome, ServiceTable } from '../../model/engine.ts';
import type { Failures } from './convergence.ts';

type Outcomes = ReadonlyMap<string, ServiceOutcome>;

/** The outcomes that are not what they were before. */
export function newsOf(
  outcomes: readonly ServiceOutcome[],
  before: Outcomes,
): readonly ServiceOutcome[] {
  return outcomes.filter(({ id, state, problem }) => {
    const was = before.get(id);
    return was?.state !== state || was.problem !== problem;
  });
}

/** Services that are carried without all of their servers: no failure, and told once. */
export function partsInWords(
  outcomes: readonly ServiceOutcome[],
  before: Outcomes,
): readonly string[] {
  return newsOf(outcomes, before).flatMap(({ id, state, problem }) =>
    state === 'carried' && problem !== undefined
      ? [`Not all of virtual server ${id} is carried: ${problem}`]
      : [],
  );
}

/** Services that somebody else took out of the kernel's table.
 *  @param lost  their ids */
export function lostInWords(lost: readonly string[]): readonly string[] {
  const [first] = lost;
  if (first === undefined) return [];
  const more = lost.length > 1 ? ` and ${lost.length - 1} more` : '';
  return [
    `Somebody else took virtual server ${first}${more} out of the kernel's table (as "ipvsadm -C" does): put back`,
  ];
}

/** Services that are not in the table, and that the kernel did not let go of. */
export function stuckInWords(
  table: ServiceTable,
  failures: Failures,
): readonly string[] {
  const wanted = new Set(table.map(({ service }) => service.id));
  return [...failures].flatMap(([id, [first]]) =>
    wanted.has(id) || !first
      ? []
      : [`Virtual server ${id} is still in the kernel's table: ipvsadm: ${first.said}`],
  );
}
