import type { Handover } from '../protocol.ts';

/** Which worker has which listening sockets of a service. */
export type Sockets = ReadonlyMap<number, readonly number[]>;

/** What goes from worker to worker when a service gets another home, so that none of its sockets has to be closed:
 *  all to the new one; or, where all workers carry it from now on, what one has too much to those without.
 *  @param home  the new one; undefined: all
 *  @returns     descriptors, and the workers that they go from and to */
export function handoversOf(
  sockets: Sockets,
  home: number | undefined,
  workers: number,
): readonly Pick<Handover, 'descriptor' | 'from' | 'to'>[] {
  const all = [...sockets].flatMap(([from, descriptors]) =>
    descriptors.map((descriptor, at) => ({ descriptor, from, isFirst: at === 0 })),
  );
  const rest = all.filter(({ from, isFirst }) =>
    home === undefined ? !isFirst : from !== home,
  );
  const numbers = Array.from({ length: workers }, (_, worker) => worker);
  const without = numbers.filter((worker) => !sockets.get(worker)?.length);
  return rest.flatMap(({ descriptor, from }) => {
    const to = home ?? without.shift();
    return to === undefined ? [] : [{ descriptor, from, to }];
  });
}
