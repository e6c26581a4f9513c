import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import type { LeftClients } from '../../lib/model/heritage.ts';
import type { KeptOverride, RealRef } from '../../lib/model/override.ts';
import type { PeerPlace } from '../../lib/model/peer.ts';
import type { LeftWishes, StampedWish } from '../../lib/model/peer-wish.ts';
import { createPeers, type Peers } from '../../lib/peer/index.ts';
import { aReal } from './config.ts';
import { recordingLog } from './recording-log.ts';

export const SERVICE = 'tcp:10.1.1.19:80';
export const REAL = aReal('10.1.1.21:80');
export const SECRET = Buffer.from('a secret of both directors');

/** A director that is none, and its real peers. */
export class PeerDouble {
  readonly log = recordingLog();
  readonly place: PeerPlace;
  readonly peers: Peers;
  /** What it was told of clients: the server by the client. */
  readonly known = new Map<string, string>();
  /** In force by hand. */
  readonly force = new Map<string, KeptOverride>();
  readonly #fresh: string[] = [];
  #notes = false;
  #isAll = false;
  /** Real servers that it does not have. */
  readonly lacks = new Set<string>();
  asked = 0;
  /** Real servers of what it has put in force for others. */
  readonly fulfilled: string[] = [];
  /** How many of that were begun within each other at most. */
  deepest = 0;
  #depth = 0;

  constructor(t: Test, place: PeerPlace, left?: LeftWishes) {
    this.place = place;
    const origin = randomBytes(8).toString('hex');
    this.peers = createPeers(left ?? { origin, wishes: [] }, {
      news: async () => {
        const news = { texts: this.#fresh.splice(0), isAll: this.#isAll };
        this.#notes = true;
        this.#isAll = true;
        return news;
      },
      endNews: () => {
        this.#notes = false;
        this.#isAll = false;
      },
      clients: async () => {
        this.asked++;
        return [...this.known].map(textOf);
      },
      merge: (all) => {
        for (const { server, clients, ends } of all)
          for (const [at, client] of clients.entries()) {
            if (ends[at] === 0) this.known.delete(client);
            else this.known.set(client, server);
          }
      },
      isThere: ({ real }: RealRef) => !this.lacks.has(real),
      fulfil: (wish) => this.#fulfil(wish),
      keep() {},
      log: this.log,
    });
    t.teardown(() => this.peers.close());
  }

  follow(...others: readonly PeerDouble[]): void {
    this.followBy([SECRET], ...others);
  }

  followBy(secrets: readonly Buffer[], ...others: readonly PeerDouble[]): void {
    const peers = others.map(({ place }) => place);
    this.peers.follow({ listen: this.place, peers, secretFile: '/secret' }, secrets);
  }

  /** A client comes here. */
  came(client: string, server: string): void {
    this.known.set(client, server);
    if (this.#notes) this.#fresh.push(textOf([client, server]));
  }

  /** An operator sets a weight by hand; null: takes it back. */
  weigh(weight: number | null, real = REAL): void {
    if (weight === null) this.force.delete(real.id);
    else {
      const override = { state: 'ready', weight, by: 'uid 0 (root)' } as const;
      const since = '2026-11-26T12:00:00.000Z';
      const kept = { service: SERVICE, real, override: { ...override, since } };
      this.force.set(real.id, kept);
    }
    this.peers.changed([...this.force.values()]);
  }

  weight(real = REAL): number | null | undefined {
    return this.force.get(real.id)?.override.weight;
  }

  get isConnected(): boolean {
    return this.peers.status().every(({ connected, heard }) => connected && heard);
  }

  async #fulfil({ real, wish }: StampedWish) {
    const [address = '', port] = real.split(':');
    this.fulfilled.push(real);
    this.deepest = Math.max(this.deepest, ++this.#depth);
    this.weigh(wish?.weight ?? null, aReal(`${address}:${port}`));
    this.#depth--;
    return wish;
  }
}

function textOf([client, server]: readonly [string, string]): string {
  const left: LeftClients = {
    ...{ service: SERVICE, server, netmask: null },
    ...{ clients: [client], ends: [Date.now() + 60_000] },
  };
  return JSON.stringify(left);
}
