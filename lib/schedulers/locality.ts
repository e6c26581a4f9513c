import type { Row, ServiceView } from '../model/scheduler.ts';

/** How long what is remembered of a destination lasts unused, and how long a set of servers stays
 *  as it is: the kernel's lblc_expiration and lblcr_expiration, a day. */
export const EXPIRATION_MS = 24 * 60 * 60 * 1000;

/** A server remembered over changes of the rows, which may give it another row. */
export class Remembered {
  readonly #address: string;
  readonly #port: number;
  #row: Row;
  /** What {@link seen} gave when the row was looked up. */
  #seen: object;

  constructor(service: ServiceView, row: Row) {
    this.#address = service.address(row);
    this.#port = service.port(row);
    this.#row = row;
    this.#seen = seen(service);
  }

  /** Its row now; undefined when it is gone.
   *  @param now  {@link seen}, for who asks many */
  row(service: ServiceView, now = seen(service)): Row | undefined {
    if (now === this.#seen || this.#is(service, this.#row)) {
      this.#seen = now;
      return this.#row;
    }
    for (let row = 0, { size } = service; row < size; row++) {
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

/** The same object for as long as the rows are the same. */
export function seen(service: ServiceView): object {
  return service.derive(() => ({}));
}

/** More active connections than its weight, while some server has fewer than half of its. */
export function overloaded(service: ServiceView, row: Row): boolean {
  if (service.active(row) <= service.weight(row)) return false;
  const { values: weights, at } = service.column('weight');
  const { values: actives } = service.column('active');
  for (let other = 0; other < at.length; other++) {
    const place = at[other] ?? 0;
    if ((actives[place] ?? 0) * 2 < (weights[place] ?? 0)) return true;
  }
  return false;
}
