import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/config.ts';
import { readPeerSecrets } from '../config/peer-values.ts';
import {
  type Desk,
  type HeritableDesk,
  NotFound,
  NotPossible,
} from '../director/desk.ts';
import type { Instance } from '../instance/instance.ts';
import type { Heritage } from '../model/heritage.ts';
import { late } from '../model/late.ts';
import type { Log } from '../model/log.ts';
import type { PeerOptions, PeerStatus } from '../model/peer.ts';
import { ID_DIGITS, type PeerWish, type StampedWish } from '../model/peer-wish.ts';
import { reasonOf } from '../model/reason.ts';
import { same } from '../model/same.ts';
import type { PeerParties, Peers } from '../peer/index.ts';
import { MOST_CLIENTS } from '../state/clients-file.ts';
import { type WishesFile, wishesFile } from '../state/wishes-file.ts';
import type { HeardStore } from './heard-store.ts';

/** Other directors that know what this one knows, where the config has any. Nothing of them is loaded before. */
export interface Peering {
  /** The director is in charge: from now on it speaks to them. Never rejects. */
  begin(config: Config): Promise<void>;
  /** As a reload has it. Never rejects. */
  follow(next: Config, before: Config): Promise<void>;
  status(): readonly PeerStatus[];
  /** At the first word of the end, since a successor listens at the same place. Idempotent. */
  stop(): void;
  /** Settles when what the next run goes on with is on disk, or cannot be written. */
  close(): Promise<void>;
}

/** What a peering knows of the director, once there is one. */
export interface PeeringParties {
  readonly director: {
    readonly desk: Pick<Desk, 'change' | 'drain'> & Pick<HeritableDesk, 'has'>;
  };
  readonly heritages: readonly Heritage[];
}

export function openPeering(
  { wishes: path }: Pick<Instance, 'wishes'>,
  store: HeardStore,
  parties: PeeringParties,
  log: Log,
): Peering {
  return new Keeper(wishesFile(path, log), store, parties, log);
}

class Keeper implements Peering {
  readonly #file: WishesFile;
  readonly #store: HeardStore;
  readonly #parties: PeeringParties;
  readonly #log: Log;
  #peers: Peers | undefined;
  /** Whom they follow, and by which secrets. */
  #followed:
    | { readonly peer: PeerOptions; readonly secrets: readonly Buffer[] }
    | undefined;
  #opening: Promise<Peers> | undefined;
  #hasBegun = false;
  #isStopped = false;
  /** Whether something has changed that is not being written yet. */
  #isBehind = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: WishesFile, store: HeardStore, parties: PeeringParties, log: Log) {
    this.#file = file;
    this.#store = store;
    this.#parties = parties;
    this.#log = log;
  }

  begin(config: Config): Promise<void> {
    this.#hasBegun = true;
    return this.#goOn(config);
  }

  async #goOn({ options: { peer } }: Config): Promise<void> {
    if (!peer || this.#isStopped) return;
    try {
      this.#opening ??= this.#open();
      this.#peers = await this.#opening;
      if (this.#isStopped) return;
      const secrets = secretsIn(peer.secretFile);
      if (isDeepStrictEqual(this.#followed, { peer, secrets })) return;
      this.#followed = undefined;
      this.#peers.follow(peer, secrets);
      this.#followed = { peer, secrets };
    } catch (error) {
      if (!this.#peers) this.#opening = undefined;
      // The file was good when the config was read; whoever edits it now must not silence two that speak.
      const fate = this.#followed ? 'stay as they were' : 'are told nothing';
      this.#log.error(`Peers ${fate}: ${reasonOf(error)}`);
    }
  }

  async follow(next: Config, before: Config): Promise<void> {
    // One that is not in charge yet begins with what holds then.
    if (this.#isStopped || !this.#hasBegun) return;
    // Also where the ini is the same: the secrets may be others.
    if (next.options.peer) await this.#goOn(next);
    else this.#end();
    const isSame = same(idsOf(next), idsOf(before));
    if (!isSame) this.#peers?.ask();
  }

  status(): readonly PeerStatus[] {
    return this.#peers?.status() ?? [];
  }

  stop(): void {
    this.#store.hear(() => {});
    // What was changed last is kept still.
    this.#peers?.close();
    this.#isStopped = true;
  }

  async close(): Promise<void> {
    this.stop();
    await this.#writing;
  }

  #end(): void {
    this.#followed = undefined;
    this.#peers?.follow(undefined, []);
  }

  async #open(): Promise<Peers> {
    const origin = randomBytes(ID_DIGITS / 2).toString('hex');
    const left = (await this.#file.read()) ?? { origin, wishes: [] };
    const { createPeers } = await late(() => import('../peer/index.ts'));
    const peers = createPeers(left, {
      ...clientsOf(this.#parties.heritages),
      isThere: (ref) => this.#parties.director.desk.has(ref),
      fulfil: (wish) =>
        fulfil(this.#parties.director.desk, wish, left.origin, this.#log),
      keep: () => this.#keep(),
      log: this.#log,
    });
    this.#peers = peers;
    this.#store.hear((overrides) => peers.changed(overrides));
    peers.changed(this.#store.kept);
    // Its id is for good.
    this.#keep();
    return peers;
  }

  #keep(): void {
    if (this.#isBehind || this.#isStopped) return;
    this.#isBehind = true;
    this.#writing = this.#writing.then(async () => {
      this.#isBehind = false;
      if (this.#peers) await this.#file.write(this.#peers.left());
    });
  }
}

function idsOf({ virtuals }: Config): readonly string[] {
  return virtuals.map(({ id }) => id);
}

/** Of all engines that have any. */
function clientsOf(
  heritages: readonly Heritage[],
): Pick<PeerParties, 'news' | 'endNews' | 'clients' | 'merge'> {
  return {
    async news() {
      const all = await Promise.all(heritages.map((one) => one.news()));
      return {
        texts: all.flatMap(({ texts }) => texts),
        isAll: all.every(({ isAll }) => isAll),
      };
    },
    endNews() {
      for (const one of heritages) one.endNews();
    },
    async clients() {
      const all = heritages.map((one) => one.clients(MOST_CLIENTS));
      return (await Promise.all(all)).flat();
    },
    merge(left) {
      for (const one of heritages) one.merge(left);
    },
  };
}

/** As an operator at this director would. Never rejects.
 *  @param own  of this director, whose changes may come back to it after a state file was lost */
async function fulfil(
  desk: PeeringParties['director']['desk'],
  { service, real, origin, wish }: StampedWish,
  own: string,
  log: Log,
): Promise<PeerWish | null | undefined> {
  const { state, weight } = wish ?? { state: 'ready' as const, weight: null };
  const who = wish?.by ?? 'somebody';
  const by = origin === own ? who : `${who}, at a peer`;
  const ref = { service, real };
  try {
    const { after } = await desk.change(ref, { state, weight }, by);
    if (wish?.drainLeftMs !== undefined) {
      const order = { withinMs: wish.drainLeftMs, by };
      // A later change ends it.
      desk.drain(ref, order).catch(() => {});
    }
    return after && { state: after.state, weight: after.weight, by };
  } catch (error) {
    const isPlain = error instanceof NotFound || error instanceof NotPossible;
    if (!isPlain) log.error(`A change of a peer failed: ${String(error)}`);
    return undefined;
  }
}

/** @throws with the file before the reason */
function secretsIn(file: string): readonly Buffer[] {
  try {
    return readPeerSecrets(file);
  } catch (error) {
    throw new Error(`${file}: ${reasonOf(error)}`, { cause: error });
  }
}
