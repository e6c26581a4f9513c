import { readdir } from 'node:fs/promises';
import type { CheckTarget } from '../model/check.ts';
import { within } from '../model/within.ts';
import { isOwnLack } from './own-lack.ts';
import { ReverseNames } from './reverse-names.ts';

/** A listing is good for that long: a thousand servers read the directory but once. */
const LISTING_MS = 200;
/** A directory on a dead file server must not stop the checks. */
const READ_LIMIT_MS = 1000;

type Names = ReadonlySet<string>;
const NONE: Names = new Set();

/** Which servers the files in maintenancedir name. Source: ldirectord(8), observed. */
export class Maintenance {
  readonly #reverse: ReverseNames;
  #directory: string | undefined;
  #listing: { names: Names; readAt: number; reading: Promise<Names> | undefined } =
    emptyListing();

  constructor(reverse: ReverseNames = new ReverseNames()) {
    this.#reverse = reverse;
  }

  /** Undefined: no server is in maintenance. */
  watch(directory: string | undefined): void {
    if (directory === this.#directory) return;
    this.#directory = directory;
    this.#listing = emptyListing();
  }

  /** Never rejects; a directory that cannot be read names nobody, but for want of file
   *  descriptors: then it names whom it named before. */
  async holds(target: Pick<CheckTarget, 'address' | 'realPort'>): Promise<boolean> {
    if (this.#directory === undefined) return false;
    const names = await this.#names(this.#directory);
    if (names.size === 0) return false;
    const { address, realPort } = target;
    const own = address.includes(':') ? `[${address}]` : address;
    if (listed(names, own, realPort)) return true;
    // Nobody is asked for names while no file has one.
    if (![...names].some(isHostName)) return false;
    const name = await this.#reverse.of(address);
    return (
      name !== undefined && hostNames(name).some((n) => listed(names, n, realPort))
    );
  }

  async #names(directory: string): Promise<Names> {
    const listing = this.#listing;
    if (performance.now() - listing.readAt < LISTING_MS) return listing.names;
    listing.reading ??= readdir(directory)
      .then(
        (names) => new Set(names),
        // With no descriptor left nobody comes out of maintenance.
        (error: unknown) => (isOwnLack(error) ? listing.names : NONE),
      )
      .then((names) => {
        Object.assign(listing, {
          names,
          readAt: performance.now(),
          reading: undefined,
        });
        return names;
      });
    return await within(READ_LIMIT_MS, listing.reading, () => listing.names);
  }
}

function emptyListing() {
  return { names: NONE, readAt: Number.NEGATIVE_INFINITY, reading: undefined };
}

function listed(names: Names, name: string, port: number): boolean {
  return names.has(`${name}:${port}`) || names.has(name);
}

/** The whole name, and its first label where that looks like a host's. */
function hostNames(name: string): readonly string[] {
  const [, short] = /^([a-z][a-z0-9-]+)\./.exec(name) ?? [];
  return short === undefined ? [name] : [name, short];
}

function isHostName(file: string): boolean {
  return !/^(?:[\d.]+(?::\d+)?|\[.*|\..*)$/.test(file);
}
