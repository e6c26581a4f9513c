import { Networks } from '../../../model/networks.ts';
import type { CarriedLimits } from '../protocol.ts';

/** Who may use a service, by their addresses: asked before anything is spent on a client. */
export class Gate {
  readonly #allow: Networks | undefined;
  readonly #deny: Networks | undefined;

  constructor({ allow, deny }: Pick<CarriedLimits, 'allow' | 'deny'>) {
    this.#allow = networksOf(allow);
    this.#deny = networksOf(deny);
  }

  /** @param address  4 or 16 bytes, not IPv4-mapped; none of a client that has gone already */
  denies(address: Uint8Array): boolean {
    if (this.#deny?.has(address)) return true;
    return this.#allow !== undefined && !this.#allow.has(address);
  }
}

function networksOf(text: string): Networks | undefined {
  return text === '' ? undefined : new Networks(text.split(','));
}
