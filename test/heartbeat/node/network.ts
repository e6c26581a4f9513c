import { readHaCf } from '../../../lib/heartbeat/config/ha-cf.ts';
import type { HaConfig } from '../../../lib/heartbeat/config/ha-config.ts';
import type { NodeAction } from '../../../lib/heartbeat/node/action.ts';
import { HeartbeatNode } from '../../../lib/heartbeat/node/node.ts';
import type { Hold } from '../../../lib/heartbeat/ownership/hold.ts';
import { type Message, textOf } from '../../../lib/heartbeat/wire/message.ts';
import { type Keyring, open } from '../../../lib/heartbeat/wire/seal.ts';
import { Holders, holdOf, NAMES, type Name, ownersOf } from './holders.ts';
import { nodeOptions, SECRET } from './options.ts';

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
  /** When the last of its scripts ends. */
  busyUntil: number;
  /** What came while it was frozen. */
  readonly queue: (() => void)[];
}

type Scripts = Extract<NodeAction, { readonly type: 'acquire' | 'release' }>;

interface Event {
  readonly at: number;
  run(): void;
}

export const SCRIPT_MS = 200;

/** Two nodes on one simulated network, with a clock that jumps from event to event. */
export class Network {
  now = 0;
  weather: Weather;
  /** From whom nothing comes through. */
  readonly cut = new Set<Name>();
  /** Hosts that are pinged and do not answer that node, as `lb1 gateway`. */
  readonly unreachable = new Set<string>();
  /** Groups that do not start on a host, as `lb1 lb2`: that of lb2 on lb1. */
  readonly broken = new Set<string>();
  /** Groups that do not stop on a host, as in `broken`. */
  readonly stuck = new Set<string>();
  /** How long scripts take, milliseconds. */
  scriptMs: (type: Scripts['type']) => number = () => SCRIPT_MS;
  readonly keyrings: Record<Name, Keyring>;
  readonly log: string[] = [];
  readonly actions: { at: number; name: Name; type: NodeAction['type'] }[] = [];
  /** The kinds of messages, and what they say of resources. */
  readonly sent: {
    at: number;
    name: Name;
    type: string | undefined;
    hold: string | undefined;
  }[] = [];
  readonly holders = new Holders();
  readonly #config: HaConfig;
  readonly #random: () => number;
  readonly #runs = new Map<Name, Run>();
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
    const keyring = { current: SECRET, keys: [SECRET] };
    this.#config = config;
    this.keyrings = { lb1: keyring, lb2: keyring };
    this.weather = weather;
    this.#random = random;
  }

  /** A new run; what ran there before is stopped first. */
  start(name: Name): void {
    for (const owner of NAMES) this.holders.ran(name, owner, false, this.now);
    const options = nodeOptions({
      name,
      config: this.#config,
      keyring: this.keyrings[name],
      generation: ++this.#generation,
      seconds: () => 1 + Math.floor(this.now / 1000),
      random: this.#random,
    });
    const run: Run = {
      node: new HeartbeatNode(options, this.now),
      isAlive: true,
      isFrozen: false,
      busyUntil: 0,
      queue: [],
    };
    this.#runs.set(name, run);
    this.#do(name, run, run.node.start(this.now));
  }

  /** The host is gone, and what ran there. */
  kill(name: Name): void {
    this.#run(name).isAlive = false;
    for (const owner of NAMES) this.holders.ran(name, owner, false, this.now);
  }

  freeze(name: Name): void {
    this.#run(name).isFrozen = true;
  }

  /** It goes on with what came meanwhile. */
  thaw(name: Name): void {
    const run = this.#run(name);
    run.isFrozen = false;
    for (const what of run.queue.splice(0)) what();
  }

  tell(name: Name, what: (node: HeartbeatNode) => readonly NodeAction[]): void {
    const run = this.#run(name);
    this.#do(name, run, what(run.node));
  }

  shutDown(name: Name): void {
    this.tell(name, (node) => node.shutDown(this.now));
  }

  command(name: Name, ...message: Message): void {
    this.tell(name, (node) => node.command(message, this.now));
  }

  standby(name: Name, hold: Hold): void {
    this.command(name, ['t', 'ask_resources'], ['rsc_hold', hold], ['info', 'me']);
  }

  healthy(name: Name, isHealthy: boolean): void {
    this.tell(name, (node) => node.healthy(isHealthy, this.now));
  }

  /** A datagram of anybody, to that node. */
  inject(to: Name, datagram: Buffer): void {
    this.tell(to, (node) => node.hear(datagram, 'eth0', this.now));
  }

  node(name: Name): HeartbeatNode {
    return this.#run(name).node;
  }

  isAlive(name: Name): boolean {
    return this.#runs.get(name)?.isAlive === true;
  }

  /** Plays for so long. */
  play(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#next();
      if (next.at > end) break;
      this.#events = this.#events.filter((event) => event !== next);
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
    for (const [name, run] of this.#runs)
      if (run.isAlive && !run.isFrozen && run.node.nextAt < next.at)
        next = {
          at: run.node.nextAt,
          run: () => this.#do(name, run, run.node.look(this.now)),
        };
    return next;
  }

  #do(name: Name, run: Run, actions: readonly NodeAction[]): void {
    for (const action of actions) this.#act(name, run, action);
  }

  #act(name: Name, run: Run, action: NodeAction): void {
    if (action.type !== 'datagram')
      this.actions.push({ at: this.now, name, type: action.type });
    if (action.type === 'datagram') this.#send(name, action.datagram);
    else if (action.type === 'log') this.log.push(`${this.now} ${name} ${action.text}`);
    else if (action.type === 'ping') this.#ping(name, run, action.name);
    else if (action.type === 'gone') run.isAlive = false;
    else if (action.type === 'restart') this.#restart(name, run, action.afterMs);
    else if (action.type === 'acquire' || action.type === 'release')
      this.#scripts(name, run, action);
  }

  #ping(name: Name, run: Run, host: string): void {
    if (this.unreachable.has(`${name} ${host}`)) return;
    this.#later(name, run, 2, () =>
      this.#do(name, run, run.node.pinged(host, this.now)),
    );
  }

  #restart(name: Name, run: Run, afterMs: number): void {
    run.isAlive = false;
    this.#events.push({ at: this.now + afterMs, run: () => this.start(name) });
  }

  /** Those of one action after those of the one before. */
  #scripts(name: Name, run: Run, action: Scripts): void {
    run.busyUntil = Math.max(run.busyUntil, this.now) + this.scriptMs(action.type);
    this.#later(name, run, run.busyUntil - this.now, () =>
      action.type === 'acquire'
        ? this.#acquired(name, run, action)
        : this.#released(name, run, action),
    );
  }

  #acquired(name: Name, run: Run, { hold, request }: Scripts): void {
    const owners = ownersOf(hold, name);
    const failed = owners.filter((owner) => this.broken.has(`${name} ${owner}`));
    // A group that does not start is stopped, also where it ran before.
    for (const owner of owners)
      this.holders.ran(name, owner, !failed.includes(owner), this.now);
    this.#do(name, run, run.node.acquired(request, holdOf(failed, name), this.now));
  }

  #released(name: Name, run: Run, { hold, request }: Scripts): void {
    const owners = ownersOf(hold, name);
    const failed = owners.filter(
      (owner) =>
        this.stuck.has(`${name} ${owner}`) && this.holders.of(owner).includes(name),
    );
    for (const owner of owners)
      if (!failed.includes(owner)) this.holders.ran(name, owner, false, this.now);
    this.#do(name, run, run.node.released(request, holdOf(failed, name), this.now));
  }

  #send(from: Name, datagram: Buffer): void {
    const opened = open(datagram, this.keyrings[from]);
    const message = 'message' in opened ? opened.message : [];
    const [type, hold] = [textOf(message, 't'), textOf(message, 'rsc_hold')];
    this.sent.push({ at: this.now, name: from, type, hold });
    const to = from === 'lb1' ? 'lb2' : 'lb1';
    const run = this.#runs.get(to);
    const { lost, doubled, delay } = this.weather;
    if (!run || this.cut.has(from)) return;
    const copies = this.#random() < doubled ? 2 : 1;
    for (let n = 0; n < copies; n++)
      if (this.#random() >= lost)
        this.#later(to, run, 1 + this.#random() * delay, () =>
          this.#do(to, run, run.node.hear(datagram, 'eth0', this.now)),
        );
  }

  /** What belongs to a run that has ended by then does not happen; what a frozen one is to do waits. */
  #later(name: Name, run: Run, ms: number, what: () => void): void {
    const now = () => {
      if (!run.isAlive || this.#runs.get(name) !== run) return;
      if (run.isFrozen) run.queue.push(now);
      else what();
    };
    this.#events.push({ at: this.now + ms, run: now });
  }
}
