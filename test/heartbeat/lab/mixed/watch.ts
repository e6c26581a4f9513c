import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../../lab/network.ts';
import { type ClusterHost, VIP } from './cluster-host.ts';

/** What a client saw, ten times a second. */
interface Look {
  /** Milliseconds of the clock that all processes here share. */
  readonly at: number;
  /** Who answered; null: nobody. */
  readonly who: string | null;
}

const CLIENT = `
const { connect } = require('node:net');
const { hrtime } = process;
setInterval(() => {
  const at = Number(hrtime.bigint() / 1000000n);
  const socket = connect({ host: '${VIP}', port: 80 });
  let text = '';
  socket.setTimeout(400, () => socket.destroy());
  socket.on('data', (chunk) => { text += chunk; });
  socket.on('error', () => {});
  socket.on('close', () =>
    console.log(JSON.stringify({ at, who: text.split('\\r\\n\\r\\n')[1]?.trim() ?? null })));
  socket.write('GET / HTTP/1.0\\r\\n\\r\\n');
}, 100);
`;
const EVERY_MS = 100;
/** For so long one host must have served before things count as settled. */
const CALM = 10;

export function clock(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** A client that asks for the page, and who looks where the address is. */
export class Watch implements AsyncDisposable {
  readonly #hosts: readonly ClusterHost[];
  readonly #looks: Look[] = [];
  readonly #doubled: number[] = [];
  readonly #watching: Promise<void>;
  #isOver = false;

  constructor(client: Host, hosts: readonly ClusterHost[]) {
    this.#hosts = hosts;
    const child = client.spawn(process.execPath, ['-e', CLIENT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.stdout)
      createInterface(child.stdout).on('line', (line) =>
        this.#looks.push(JSON.parse(line)),
      );
    this.#watching = this.#watch();
  }

  /** Waits until that host has served for a second, and no other one that lives has the address.
   *  @param alone  what the other one has does not count: it is dead, frozen or cut off */
  async serves(name: string, alone: boolean, patienceMs = 60_000): Promise<void> {
    const until = clock() + patienceMs;
    while (!(await this.#isSettled(name, alone))) {
      if (clock() > until) throw new Error(this.#disappointed(name));
      await sleep(EVERY_MS);
    }
  }

  /** The longest time from `from` on in which nobody answered, until now. */
  outage(from: number): number {
    const served = this.#looks.filter(({ at, who }) => at >= from && who !== null);
    const times = [from, ...served.map(({ at }) => at), served.at(-1)?.at ?? clock()];
    return Math.max(...times.slice(1).map((at, n) => at - (times[n] ?? at)));
  }

  /** Who answered from `from` on. */
  served(from: number): readonly string[] {
    const answers = this.#looks.filter(({ at }) => at >= from);
    return [...new Set(answers.flatMap(({ who }) => who ?? []))];
  }

  /** For how long from `from` on more than one host had the address, at most, as far as looks tell. */
  doubled(from: number): number {
    return this.#doubled.filter((at) => at >= from).length * EVERY_MS;
  }

  /** The last of what the nodes have told. */
  get logs(): string {
    return this.#hosts
      .map(({ host, log }) => `${host.name}:\n${log.slice(-4000)}`)
      .join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#watching;
  }

  async #isSettled(name: string, alone: boolean): Promise<boolean> {
    const last = this.#looks.slice(-CALM);
    if (last.length < CALM || last.some(({ who }) => who !== name)) return false;
    const holders = await this.#holders();
    return alone ? holders.includes(name) : holders.join() === name;
  }

  async #holders(): Promise<readonly string[]> {
    const held = await Promise.all(this.#hosts.map((one) => one.holds()));
    return this.#hosts.filter((_, n) => held[n]).map(({ host }) => host.name);
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const at = clock();
      if ((await this.#holders()).length > 1) this.#doubled.push(at);
      await sleep(Math.max(0, at + EVERY_MS - clock()));
    }
  }

  #disappointed(name: string): string {
    const seen = this.#looks.slice(-CALM).map(({ who }) => who);
    return `${name} was to serve alone, but ${seen.join(' ')}\n${this.logs}`;
  }
}
