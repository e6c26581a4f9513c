import type { Family } from '../model/address.ts';
import { numericAddress } from './numeric-address.ts';
import type { Resolver } from './resolver.ts';

/** Names already looked up; nothing here waits. */
export interface Lookup {
  /** Numeric, no brackets; undefined: it is no address of the family and has none. */
  host(text: string, family: Family): string | undefined;
  /** @param protocol  undefined: any
   *  @returns undefined: above 65535, or an unknown name */
  port(text: string, protocol: string | undefined): number | undefined;
}

/** Builds what needs names: first against a look-up that writes down what it is asked, and if
 *  that was anything, once more when all answers, fetched at the same time, are there.
 *  @param build  asks for every name it will need, whatever the answers are */
export async function withNames<T>(
  resolver: Resolver,
  build: (lookup: Lookup) => T,
): Promise<T> {
  const hosts = new Map<string, Promise<string | undefined>>();
  const ports = new Map<string, Promise<number | undefined>>();
  const draft = build(
    tableLookup(
      (key, name, family) => {
        if (!hosts.has(key)) hosts.set(key, resolver.host(name, family));
        return undefined;
      },
      (key, name, protocol) => {
        if (!ports.has(key)) ports.set(key, resolver.port(name, protocol));
        return undefined;
      },
    ),
  );
  if (hosts.size + ports.size === 0) return draft;
  const [knownHosts, knownPorts] = await Promise.all([settled(hosts), settled(ports)]);
  return build(
    tableLookup(
      (key) => knownHosts.get(key),
      (key) => knownPorts.get(key),
    ),
  );
}

function tableLookup(
  host: (key: string, name: string, family: Family) => string | undefined,
  port: (key: string, name: string, protocol: string | undefined) => number | undefined,
): Lookup {
  return {
    host(text, family) {
      const name = /\[(.*)\]/s.exec(text)?.[1] ?? text;
      const numeric = numericAddress(name, family);
      if (numeric === 'other family') return undefined;
      return numeric ?? host(`${family}/${name}`, name, family);
    },
    port(text, protocol) {
      if (!/^\d+$/.test(text)) return port(`${text}/${protocol ?? ''}`, text, protocol);
      const number = Number(text);
      return number <= 65_535 ? number : undefined;
    },
  };
}

async function settled<T>(
  answers: ReadonlyMap<string, Promise<T | undefined>>,
): Promise<ReadonlyMap<string, T | undefined>> {
  return new Map(
    await Promise.all(
      Array.from(answers, async ([key, answer]) => {
        return [key, await answer.catch(() => undefined)] as const;
      }),
    ),
  );
}
