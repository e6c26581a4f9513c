import type { CarriedService } from '../../protocol.ts';
import type { Desk } from '../desk.ts';
import type { Entrance, Reception } from '../entrance.ts';
import type { RealServer } from '../real-server.ts';
import { Door } from './door.ts';
import { addressesOf, isEvery } from './every-address.ts';
import { Resting } from './resting.ts';

/** How often is looked for new addresses of the host, and whether sessions are left. */
const LOOK_MS = 1000;
const NOT_HERE = 'EADDRNOTAVAIL';

/** The entrance of a UDP service: a door at its address, or at each of the host's where it is for
 *  all of them, since a socket for all would answer from any. Sessions end with their door. */
export class Doors implements Entrance {
  readonly #line: Reception;
  readonly #desk: Desk;
  readonly #reusePort: boolean;
  readonly #doors = new Map<string, Door>();
  #looker: NodeJS.Timeout | undefined;
  #service: CarriedService | undefined;
  #resting = restingOf(undefined);

  constructor(line: Reception, desk: Desk, reusePort: boolean) {
    this.#line = line;
    this.#desk = desk;
    this.#reusePort = reusePort;
  }

  get isOpen(): boolean {
    return this.#doors.size > 0;
  }

  /** Also for sessions of other workers: if one of the sockets that share an address closed, the
   *  kernel would send many clients to another worker than theirs. */
  get isBusy(): boolean {
    if (!this.isOpen) return false;
    for (const { size } of this.#doors.values()) if (size > 0) return true;
    return this.#line.switchboard.busy;
  }

  async open(service: CarriedService): Promise<string | undefined> {
    if (service.datagrams !== this.#service?.datagrams) {
      this.shut();
      this.#resting = restingOf(service);
    }
    this.#service = service;
    const first = !this.isOpen;
    const code = await this.#follow(service);
    if (code !== undefined && first) this.shut();
    else this.#lookSoon();
    return first ? code : undefined;
  }

  shut(): void {
    clearTimeout(this.#looker);
    this.#looker = undefined;
    this.#service = undefined;
    const doors = [...this.#doors.values()];
    this.#doors.clear();
    for (const door of doors) door.close();
  }

  refused(server: RealServer): void {
    this.#resting.refused(server);
  }

  /** Opens what is new, and closes what the host has no more.
   *  @returns the code of one that failed */
  async #follow(service: CarriedService): Promise<string | undefined> {
    const { address, family } = service;
    const every = isEvery(address);
    const here = new Set(every ? addressesOf(family) : [address]);
    for (const [known, door] of this.#doors)
      if (!here.has(known)) {
        this.#doors.delete(known);
        door.close();
      }
    const missing = [...here].filter((one) => !this.#doors.has(one));
    const codes = await Promise.all(missing.map((one) => this.#add(one, service)));
    if (here.size === 0) return NOT_HERE;
    return codes.find((code) => code !== undefined && !(every && code === NOT_HERE));
  }

  async #add(address: string, service: CarriedService): Promise<string | undefined> {
    const [line, desk, resting] = [this.#line, this.#desk, this.#resting];
    const door = new Door({ line, desk, resting, reusePort: this.#reusePort }, service);
    this.#doors.set(address, door);
    const code = await door.open(address, service.port);
    if (code !== undefined && this.#doors.get(address) === door)
      this.#doors.delete(address);
    return code;
  }

  /** Where there is something to look for. */
  #lookSoon(): void {
    const { switchboard } = this.#line;
    if (!this.#service || (switchboard.open && !isEvery(this.#service.address))) return;
    this.#looker ??= setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #look(): Promise<void> {
    this.#looker = undefined;
    if (this.#service) await this.#follow(this.#service);
    this.#line.emptied();
    this.#lookSoon();
  }
}

/** A copy of a DNS query does no harm. */
function restingOf(service: CarriedService | undefined): Resting {
  return new Resting(() => performance.now(), service?.datagrams === 'queries');
}
