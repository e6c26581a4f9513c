import { readHaCf } from '../../../lib/heartbeat/config/ha-cf.ts';
import type { HaConfig } from '../../../lib/heartbeat/config/ha-config.ts';
import { uuidOfName } from '../../../lib/heartbeat/config/node-uuid.ts';
import type { NodeAction } from '../../../lib/heartbeat/node/action.ts';
import { HeartbeatNode } from '../../../lib/heartbeat/node/node.ts';
import type { Hold } from '../../../lib/heartbeat/ownership/hold.ts';
import type { Key } from '../../../lib/heartbeat/wire/mac.ts';

export type Name = 'lb1' | 'lb2';
export const NAMES: readonly Name[] = ['lb1', 'lb2'];

/** How datagrams fare. */
export interface Weather {
  /** Parts of 1. */
  readonly lost: number;
  readonly doubled: number;
  /** Milliseconds, at most; what is late is overtaken. */
  readonly delay: number;
}

export const FAIR: Weather = { lost: 0, doubled: 0, delay: 5 };

interface Run {
  readonly node: HeartbeatNode;
  isAlive: boolean;
  /** Stopped as a process may be: it sees and does nothing, and what it has runs on. */
  isFrozen: boolean;
}

interface Event {
  readonly at: number;
  run(): void;
}

const SCRIPT_MS = 200;
const SECRET: Key = { number: 2, method: 'sha1', secret: 'TOPSECRETWORD' };

/** Two nodes on one simulated network, with a clock that jumps from event to event. */
export class Network {
  now = 0;
  weather: Weather;
  isCut = false;
  readonly log: string[] = [];
  /** For each group: who runs it, from when on; an empty list where nobody does. */
  readonly holders: { at: number; owner: Name; by: readonly Name[] }[] = [];
  readonly #config: HaConfig;
  readonly #random: () => number;
  readonly #runs = new Map<Name, Run>();
  readonly #running: Record<Name, Set<Name>> = { lb1: new Set(), lb2: new Set() };
  #events: Event[] = [];
  #generation = 1000;

  constructor(options: {
    readonly haCf?: string;
    readonly weather?: Weather;
    readonly random: () => number;
  }) {
    const { haCf = '', weather = FAIR, random } = options;
    const text = `node lb1 lb2\nbcast eth0\nkeepalive 1\ndeadtime 5\ninitdead 10\nauto_failback on\n${haCf}`;
    const { config, findings } = readHaCf(text, 'ha.cf', 'lb1');
    if (!config) throw new Error(JSON.stringify(findings));
    this.#config = config;
    this.weather = weather;
    this.#random = random;
  }

  start(name: Name): void {
    const options = {
      config: this.#config,
      groups: NAMES.map((node) => ({ node, key: `group-of-${node}` })),
      keyring: { current: SECRET, keys: [SECRET] },
      identity: {
        name,
        uuid: uuidOfName(name),
        generation: ++this.#generation,
        ttl: 3,
      },
      world: { seconds: () => 1 + Math.floor(this.now / 1000), load: () => '0.00' },
      uuidOf: uuidOfName,
      random: this.#random,
    };
    const run: Run = {
      node: new HeartbeatNode(options, this.now),
      isAlive: true,
      isFrozen: false,
    };
    this.#runs.set(name, run);
    this.#do(name, run, run.node.start(this.now));
  }

  /** The host is gone, and what ran there. */
  kill(name: Name): void {
    const run = this.#runs.get(name);
    if (run) run.isAlive = false;
    for (const owner of NAMES) this.#ran(name, owner, false);
  }

  shutDown(name: Name): void {
    const run = this.#run(name);
    this.#do(name, run, run.node.shutDown(this.now));
  }

  standby(name: Name, hold: Hold): void {
    const run = this.#run(name);
    this.#do(
      name,
      run,
      run.node.command(
        [
          ['t', 'ask_resources'],
          ['rsc_hold', hold],
          ['info', 'me'],
        ],
        this.now,
      ),
    );
  }

  node(name: Name): HeartbeatNode {
    return this.#run(name).node;
  }

  isAlive(name: Name): boolean {
    return this.#runs.get(name)?.isAlive === true;
  }

  /** By whom the group of that node is run. */
  holdersOf(owner: Name): readonly Name[] {
    return NAMES.filter((name) => this.#running[name].has(owner));
  }

  /** Plays for so long. */
  play(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#next();
      if (next.at > end) break;
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = end;
  }

  #run(name: Name): Run {
    const run = this.#runs.get(name);
    if (!run) throw new Error(`${name} was never started`);
    return run;
  }

  #next(): Event {
    let next: Event = { at: Number.POSITIVE_INFINITY, run: () => {} };
    for (const event of this.#events) if (event.at < next.at) next = event;
    const first = next;
    for (const [name, run] of this.#runs)
      if (run.isAlive && !run.isFrozen && run.node.nextAt < next.at)
        next = {
          at: run.node.nextAt,
          run: () => this.#do(name, run, run.node.look(this.now)),
        };
    if (next === first) this.#events = this.#events.filter((event) => event !== first);
    return next;
  }

  #do(name: Name, run: Run, actions: readonly NodeAction[]): void {
    for (const action of actions) this.#act(name, run, action);
  }

  #act(name: Name, run: Run, action: NodeAction): void {
    if (action.type === 'datagram') this.#send(name, action.datagram);
    else if (action.type === 'log') this.log.push(`${this.now} ${name} ${action.text}`);
    else if (action.type === 'gone') run.isAlive = false;
    else if (action.type === 'acquire' || action.type === 'release')
      this.#later(name, run, SCRIPT_MS, () => this.#script(name, run, action));
  }

  #script(
    name: Name,
    run: Run,
    { type, hold }: { readonly type: 'acquire' | 'release'; readonly hold: Hold },
  ): void {
    const { node } = run;
    for (const owner of ownersOf(hold, name))
      this.#ran(name, owner, type === 'acquire');
    const actions =
      type === 'acquire'
        ? node.acquired(hold, 'none', this.now)
        : node.released(hold, this.now);
    this.#do(name, run, actions);
  }

  #ran(name: Name, owner: Name, runs: boolean): void {
    if (runs) this.#running[name].add(owner);
    else this.#running[name].delete(owner);
    this.holders.push({ at: this.now, owner, by: this.holdersOf(owner) });
  }

  #send(from: Name, datagram: Buffer): void {
    const to = from === 'lb1' ? 'lb2' : 'lb1';
    const run = this.#runs.get(to);
    const { lost, doubled, delay } = this.weather;
    if (!run || this.isCut) return;
    const copies = this.#random() < doubled ? 2 : 1;
    for (let n = 0; n < copies; n++)
      if (this.#random() >= lost)
        this.#later(to, run, 1 + this.#random() * delay, () =>
          this.#do(to, run, run.node.hear(datagram, 'eth0', this.now)),
        );
  }

  #later(name: Name, run: Run, ms: number, what: () => void): void {
    this.#events.push({
      at: this.now + ms,
      run: () => {
        if (run.isAlive && !run.isFrozen && this.#runs.get(name) === run) what();
      },
    });
  }
}

function ownersOf(hold: Hold, self: Name): readonly Name[] {
  const other = self === 'lb1' ? 'lb2' : 'lb1';
  if (hold === 'all') return NAMES;
  if (hold === 'none') return [];
  return [hold === 'local' ? self : other];
}
