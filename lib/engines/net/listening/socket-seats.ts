import { addressBytes } from '../../../model/address-bytes.ts';
import { grouped } from '../../../model/grouped.ts';
import type { PassedSocket } from '../../../model/passed-socket.ts';
import type { Datagrams, SocketSeat } from '../protocol.ts';

/** Where a service is, in any of the shapes that it has in this engine. */
interface Place {
  readonly protocol?: string;
  readonly datagrams?: Datagrams | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

const NONE: readonly SocketSeat[] = [];

/** Which worker accepts clients on which of the sockets that the director was passed: one at each, so that
 *  nobody is left waiting at one, and those of a service at as many workers as can be. */
export class SocketSeats {
  readonly #seats = new Map<string, readonly SocketSeat[]>();

  constructor(sockets: readonly PassedSocket[], workers: number) {
    let next = 0;
    for (const [key, there] of grouped(sockets, keyOf))
      this.#seats.set(
        key,
        there.map(({ descriptor }) => ({ descriptor, worker: next++ % workers })),
      );
  }

  /** Those of a service with just this address and port; none: it opens its own. */
  of({ protocol = 'tcp', datagrams, address, port }: Place): readonly SocketSeat[] {
    if (this.#seats.size === 0 || protocol !== 'tcp' || datagrams) return NONE;
    if (address === undefined || port === undefined) return NONE;
    return this.#seats.get(keyOf({ address, port })) ?? NONE;
  }

  has(place: Place): boolean {
    return this.of(place).length > 0;
  }
}

function keyOf({ address, port }: { readonly address: string; readonly port: number }) {
  return `${addressBytes(address)}:${port}`;
}
