import type { Row, ServiceView } from '../model/scheduler.ts';

/** How long what is remembered of a destination lasts unused, and how long a set of servers stays
 *  as it is: the kernel's lblc_expiration and lblcr_expiration, a day. */
export const EXPIRATION_MS = 24 * 60 * 60 * 1000;

/** A server remembered over changes of the rows, which may give it another row. */
export class Remembered {
  readonly #address: string;
  readonly #port: number;
  #row: Row;

  constructor(service: ServiceView, row: Row) {
    this.#address = service.address(row);
    this.#port = service.port(row);
    this.#row = row;
  }

  /** Its row now; undefined when it is gone. */
  row(service: ServiceView): Row | undefined {
    if (this.#is(service, this.#row)) return this.#row;
    for (let row = 0; row < service.size; row++) {
      if (!this.#is(service, row)) continue;
      this.#row = row;
      return row;
    }
    return undefined;
  }

  #is(service: ServiceView, row: Row): boolean {
    return (
      row < service.size &&
      service.port(row) === this.#port &&
      service.address(row) === this.#address
    );
  }
}

/** More active connections than its weight, while some server has fewer than half of its. */
export function overloaded(service: ServiceView, row: Row): boolean {
  if (service.active(row) <= service.weight(row)) return false;
  for (let other = 0; other < service.size; other++)
    if (service.active(other) * 2 < service.weight(other)) return true;
  return false;
}
