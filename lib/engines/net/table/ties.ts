import type { ServiceTable } from '../../../model/engine.ts';

/** Services that meet: those that names lead to, and those that lead there. */
interface Tie {
  readonly targets: readonly string[];
  readonly callers: readonly string[];
}

/** Services that one worker must carry together: those that lead clients on by their names, and those of their
 *  targets that one worker alone can carry. Targets stand first: what they remember is not to move.
 *  @param isAlone  whether one worker alone can carry the service of that id
 *  @returns        groups of two or more, of which no two have a service in common */
export function tiesOf(
  table: ServiceTable,
  isAlone: (id: string) => boolean,
): readonly ReadonlySet<string>[] {
  let ties: readonly Tie[] = [];
  for (const { service } of table) {
    if (service.options.sni.length === 0) continue;
    const targets = service.options.sni.map((route) => route.service).filter(isAlone);
    if (targets.length > 0) ties = tied(ties, { targets, callers: [service.id] });
  }
  return ties.map(({ targets, callers }) => new Set([...targets, ...callers]));
}

/** Those that have a target in common with the new one become one with it. */
function tied(ties: readonly Tie[], tie: Tie): readonly Tie[] {
  const wanted = new Set(tie.targets);
  const meets = ({ targets }: Tie) => targets.some((id) => wanted.has(id));
  const all = [...ties.filter(meets), tie];
  return [
    ...ties.filter((other) => !meets(other)),
    {
      targets: all.flatMap(({ targets }) => targets),
      callers: all.flatMap(({ callers }) => callers),
    },
  ];
}
