import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { Family } from '../model/address.ts';
import { within } from '../model/within.ts';

/** Where names are looked up. Numbers never get here. */
export interface Resolver {
  /** The first address of the family, numeric; undefined: none. */
  host(name: string, family: Family): Promise<string | undefined>;
  /** The port of a named service; undefined: none.
   *  @param protocol  undefined: any, the first in the list */
  port(name: string, protocol: string | undefined): Promise<number | undefined>;
}

/** Longer than the system's resolver tries by default. */
const PATIENCE_MS = 60_000;

/** getaddrinfo of the right family, and /etc/services, read once. */
export function systemResolver(services = '/etc/services'): Resolver {
  let list: Promise<string> | undefined;
  return {
    async host(name, family) {
      const answer = lookup(name, { family: family === 'inet' ? 4 : 6 }).then(
        ({ address }) => address,
        () => undefined,
      );
      return within(PATIENCE_MS, answer, () => undefined);
    },
    async port(name, protocol) {
      list ??= readFile(services, 'latin1').catch(() => '');
      return portIn(await list, name, protocol);
    },
  };
}

/** Looks a service up in the text of /etc/services: `name port/protocol alias ... # comment`. A line whose port is
 *  none is passed over. */
export function portIn(
  list: string,
  name: string,
  protocol: string | undefined,
): number | undefined {
  for (const line of list.split('\n')) {
    const [known, place = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (known !== name && !aliases.includes(name)) continue;
    const [port = '', of] = place.split('/');
    const number = /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
    if (!(number <= 65_535)) continue;
    if (protocol === undefined || of === protocol) return number;
  }
  return undefined;
}
