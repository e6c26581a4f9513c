import { addressBytes } from '../../../model/address-bytes.ts';
import type { ServiceTable } from '../../../model/engine.ts';
import type {
  Listed,
  PersistenceEntry,
  PersistenceFilter,
} from '../../../model/traffic.ts';
import { clientName } from '../../client-key.ts';
import { NftError } from '../../nft-program.ts';
import { Turns } from '../../turns.ts';
import { type Command, field, type Json, number, text } from '../json.ts';
import type { Nft } from '../nft.ts';
import { type ClientSet, clientSets, isAsked } from './client-sets.ts';

/** So many sets are asked for one by one: more are sooner read with all that the kernel has. */
const ONE_BY_ONE = 10;

interface Parties {
  readonly nft: Nft;
  /** Our table's name. */
  readonly name: string;
  /** What is in force. */
  table(): ServiceTable;
  /** What changes the kernel's table waits for its turn. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** Clients that persist, from the sets in which the kernel remembers them. None is held but those that
 *  are listed. All reject with words for the operator. */
export class PersistingClients {
  readonly #parties: Parties;
  /** One at a time, whoever asks: nft may read all that the kernel holds. */
  readonly #readings = new Turns();

  constructor(parties: Parties) {
    this.#parties = parties;
  }

  async list(
    filter: PersistenceFilter,
    most: number,
  ): Promise<Listed<PersistenceEntry>> {
    const items: PersistenceEntry[] = [];
    let total = 0;
    await this.#each(filter, (element, _, { service, server, key }) => {
      total++;
      if (items.length >= most) return;
      const client = clientName(key(bytesOf(element)), service.netmask);
      const expiresSeconds = number(field(element, 'elem'), 'expires');
      items.push({ service: service.id, server, client, expiresSeconds });
    });
    return { items, total };
  }

  async forget(filter: PersistenceFilter): Promise<number> {
    const { nft, name: table, inTurn } = this.#parties;
    const at = { family: 'inet', table };
    const commands = new Map<string, readonly Command[]>();
    let total = 0;
    await this.#each(filter, (element, name) => {
      total++;
      const one = [{ elem: { val: addressIn(element), timeout: 1 } }];
      // One that went meanwhile is added first: there is no such element to delete otherwise.
      commands.set(
        name,
        filter.client === undefined
          ? [{ flush: { set: { ...at, name } } }]
          : ['add', 'delete'].map((verb) => ({
              [verb]: { element: { ...at, name, elem: one } },
            })),
      );
    });
    if (commands.size > 0)
      await worded(inTurn(() => nft.run([...commands.values()].flat())));
    return total;
  }

  async #each(
    filter: PersistenceFilter,
    visit: (element: Json, name: string, of: ClientSet) => void,
  ): Promise<void> {
    const sets = clientSets(this.#parties.table(), filter);
    const element = (told: Json, of: Json) => {
      const name = text(field(of, 'set'), 'name');
      const set = sets.get(name);
      if (set && isAsked(set, bytesOf(told))) visit(told, name, set);
    };
    await this.#readings.take(async () => {
      for (const asked of this.#commands([...sets.keys()]))
        await this.#ask(asked, element);
    });
  }

  #commands(names: readonly string[]): readonly (readonly Command[])[] {
    const at = { family: 'inet', table: this.#parties.name };
    if (names.length <= ONE_BY_ONE)
      return names.map((name) => [{ list: { set: { ...at, name } } }]);
    return [[{ list: { tables: { family: 'inet' } } }, { list: { sets: at } }]];
  }

  async #ask(
    commands: readonly Command[],
    element: (told: Json, of: Json) => void,
  ): Promise<void> {
    const { nft, signal } = this.#parties;
    try {
      await nft.list(commands, { item() {}, element }, signal);
    } catch (error) {
      const gone = error instanceof NftError && /No such file/.test(error.message);
      if (!gone) await worded(Promise.reject(error));
    }
  }
}

/** A set that forgets prints more of an element than its value. */
function addressIn(element: Json): Json {
  return field(field(element, 'elem'), 'val') ?? element;
}

function bytesOf(element: Json): Uint8Array {
  return addressBytes(String(addressIn(element)));
}

async function worded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    throw new Error(`clients that persist are out of reach (nft: ${error.message})`, {
      cause: error,
    });
  }
}
