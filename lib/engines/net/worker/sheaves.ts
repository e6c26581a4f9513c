import type { LeftClients } from '../../../model/heritage.ts';
import type { Left } from './template-words.ts';

/** So many clients of a server go together: some 20 KB of text, or twice that with IPv6. */
const A_SHEAF = 1000;

type Sheaf = Omit<LeftClients, 'clients' | 'ends'> & {
  readonly clients: string[];
  readonly ends: number[];
};

/** Clients of one service that persist, bound together by their servers. */
export class Sheaves {
  readonly #full: (text: string) => void;
  readonly #open = new Map<string, Sheaf>();

  /** @param full  takes each: a {@link LeftClients} in JSON */
  constructor(full: (text: string) => void) {
    this.#full = full;
  }

  add({ client, end, ...of }: Left): void {
    const sheaf = this.#open.get(of.server) ?? { ...of, clients: [], ends: [] };
    sheaf.clients.push(client);
    sheaf.ends.push(end);
    this.#open.set(of.server, sheaf);
    if (sheaf.clients.length >= A_SHEAF) this.#bind(sheaf);
  }

  end(): void {
    for (const sheaf of this.#open.values()) this.#bind(sheaf);
  }

  #bind(sheaf: Sheaf): void {
    this.#open.delete(sheaf.server);
    this.#full(JSON.stringify(sheaf));
  }
}
