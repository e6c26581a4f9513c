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

  /** Whose turn it is, for {@link address}. */
  turn(): number {
    this.#turn = (this.#turn + 1) & 0xffff;
    return this.#turn;
  }

  /** How many there are to that server. */
  count(server: string): number {
    return this.#to(server).length;
  }

  /** @returns undefined: none is of the server's family, and the kernel chooses */
  address(server: string, turn: number): string | undefined {
    const addresses = this.#to(server);
    return addresses[turn % addresses.length];
  }

  #to(server: string): readonly string[] {
    return server.includes(':') ? this.#six : this.#four;
  }
}
