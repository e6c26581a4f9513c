import type { Engine } from '../model/engine.ts';
import type { Listed, Traffic } from '../model/traffic.ts';

/** What goes through several engines, as if it were one: a filter that names a service asks only
 *  the engine that carries it.
 *  @param engines  those that have something of the service; undefined: of any */
export function joinTraffic(
  engines: (service: string | undefined) => readonly Engine[],
): Traffic {
  const ask = <F extends { readonly service?: string | undefined }, T>(
    filter: F,
    question: (traffic: Traffic) => Promise<T>,
  ) =>
    Promise.all(
      engines(filter.service).flatMap(({ traffic }) =>
        traffic ? [question(traffic)] : [],
      ),
    );
  return {
    async connections(filter, most) {
      return joined(
        await ask(filter, (traffic) => traffic.connections(filter, most)),
        most,
      );
    },
    async persistence(filter, most) {
      return joined(
        await ask(filter, (traffic) => traffic.persistence(filter, most)),
        most,
      );
    },
    async end(filter) {
      return sum(await ask(filter, (traffic) => traffic.end(filter)));
    },
    async forget(filter) {
      return sum(await ask(filter, (traffic) => traffic.forget(filter)));
    },
  };
}

function joined<T>(lists: readonly Listed<T>[], most: number): Listed<T> {
  return {
    items: lists.flatMap(({ items }) => items).slice(0, most),
    total: sum(lists.map(({ total }) => total)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
