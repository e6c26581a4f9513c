import type { CarriedService } from '../protocol.ts';

/** Addresses that a service's connections to real servers come from, in turn. */
export class OwnAddresses {
  readonly #four: readonly string[];
  readonly #six: readonly string[];
  #turn = 0;

  private constructor(addresses: readonly string[]) {
    const isSix = (address: string) => address.includes(':');
    this.#six = addresses.filter(isSix);
    this.#four = addresses.filter((address) => !isSix(address));
  }

  /** @returns undefined: the kernel chooses */
  static of({ sources }: Pick<CarriedService, 'sources'>): OwnAddresses | undefined {
    return sources.length > 0 ? new OwnAddresses(sources) : undefined;
  }

  /** For one dial: whose turn it is. */
  next(): OwnTurn {
    this.#turn = (this.#turn + 1) & 0xffff;
    return new OwnTurn(this, this.#turn);
  }

  /** Those of the server's family; none: the kernel chooses. */
  to(server: string): readonly string[] {
    return server.includes(':') ? this.#six : this.#four;
  }
}

/** Which of them a dial comes from, and which come after it where that one cannot be had. */
export class OwnTurn {
  readonly #addresses: OwnAddresses;
  readonly #turn: number;
  #failed = 0;

  constructor(addresses: OwnAddresses, turn: number) {
    this.#addresses = addresses;
    this.#turn = turn;
  }

  /** @returns undefined: the kernel chooses */
  address(server: string): string | undefined {
    const addresses = this.#addresses.to(server);
    return addresses[(this.#turn + this.#failed) % addresses.length];
  }

  /** That one could not be had. @returns whether there is another one */
  failed(server: string): boolean {
    return ++this.#failed < this.#addresses.to(server).length;
  }
}
