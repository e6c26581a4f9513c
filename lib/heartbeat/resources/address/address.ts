import type { Log } from '../../../model/log.ts';
import type { Resource } from '../../config/haresources.ts';
import type { Runnable } from '../runnable.ts';
import { type ClusterAddress, readAddress } from './address-words.ts';
import type { Announcer } from './announcer.ts';
import {
  addAddress,
  deleteAddress,
  type PresentAddress,
  placeOf,
  presentAddresses,
} from './ip.ts';

/** An address of haresources on this host: on a device, and told to the neighbours. One on a loopback device
 *  is not ours: it is for direct routing, where a host that does not hold the address has it there. */
export class Address implements Runnable {
  readonly word: string;
  readonly #spec: ClusterAddress;
  readonly #announcer: Announcer;
  readonly #log: Log;
  /** Whoever saw it here just now must not announce it any more. */
  #isLeaving = false;

  /** @throws RangeError  what is wrong with its words */
  constructor(resource: Resource, announcer: Announcer, log: Log) {
    this.word = [resource.script, ...resource.args].join('::');
    this.#spec = readAddress(resource);
    this.#announcer = announcer;
    this.#log = log;
  }

  /** It is announced when it was there already, too: who knows who had it besides. */
  async start(signal: AbortSignal): Promise<void> {
    const { address, family } = this.#spec;
    this.#isLeaving = false;
    let device = (await this.#here(signal))[0]?.device;
    if (device === undefined) {
      const place = await placeOf(this.#spec, signal);
      await addAddress(this.#spec, place, signal);
      this.#log.info(`${address}/${place.bits} is on ${place.device} now`);
      device = place.device;
    }
    this.#announcer.announce({ address, family, device });
  }

  async stop(signal: AbortSignal): Promise<void> {
    this.#isLeaving = true;
    this.#announcer.withdraw(this.#spec.address);
    await this.#remove(await this.#here(signal), signal);
  }

  async isRunning(signal: AbortSignal): Promise<boolean> {
    return (await this.#here(signal)).length > 0;
  }

  /** @param present  all addresses of the host */
  isAmong(present: readonly PresentAddress[]): boolean {
    return present.some(this.#isIt);
  }

  /** Tells the neighbours again, if it is here.
   *  @param present  all addresses of the host */
  announce(present: readonly PresentAddress[]): void {
    if (this.#isLeaving) return;
    const { address, family } = this.#spec;
    for (const { device } of present.filter(this.#isIt))
      this.#announcer.announce({ address, family, device });
  }

  async #here(signal: AbortSignal): Promise<readonly PresentAddress[]> {
    return (await presentAddresses(signal)).filter(this.#isIt);
  }

  readonly #isIt = ({ address, isLoopback }: PresentAddress): boolean =>
    address === this.#spec.address && !isLoopback;

  async #remove(here: readonly PresentAddress[], signal: AbortSignal): Promise<void> {
    for (const one of here) {
      await deleteAddress(one, signal);
      this.#log.info(`${one.address} is no longer on ${one.device}`);
    }
  }
}
