import { readFileSync } from 'node:fs';
import { isIpfail } from '../config/ipfail.ts';
import { uuidOfName } from '../config/node-uuid.ts';
import type { Configuration } from '../local/configuration.ts';
import type { Level } from '../local/log-line.ts';
import type { Programs } from '../local/programs.ts';
import { Media } from '../media/media.ts';
import type { NodeAction } from '../node/action.ts';
import { HeartbeatNode } from '../node/node.ts';
import { type Hold, has } from '../ownership/hold.ts';
import type { Message } from '../wire/message.ts';
import type { Keyring } from '../wire/seal.ts';
import { Health, type Watched } from './health.ts';
import { Hooks } from './hooks.ts';
import { type Move, Moves } from './moves.ts';
import { Pings } from './pings.ts';
import type { Resources } from './resources.ts';
import { Children } from './respawned.ts';
import { Ticker } from './ticker.ts';
import { type StatusView, viewOf } from './view.ts';

export interface RunOptions extends Configuration {
  readonly uuid: Uint8Array;
  readonly generation: number;
  readonly resources: Resources;
  /** The folder rc.d. */
  readonly hooks: string;
  /** The directors of haresources: where they do not serve, the other node is offered everything. */
  readonly watched: readonly Watched[];
  /** Where what it starts stands while it runs. */
  readonly programs: Programs;
  log(level: Level, text: string): void;
}

/** From one question to a director to the next, at least. */
const LEAST_LOOK_MS = 1000;

/** How a run ends: for good, or another one begins. */
export type RunEnd = { readonly restartAfterMs: number | undefined };

/** A node with its sockets, timer, scripts and children: from its start until everything is given up. */
export class Run {
  /** All that the run opened is closed by then. */
  readonly ended: Promise<RunEnd>;
  readonly #options: RunOptions;
  readonly #node: HeartbeatNode;
  readonly #media: Media;
  readonly #pings: Pings;
  readonly #hooks: Hooks;
  readonly #children: Children;
  readonly #health: Health;
  readonly #moves: Moves;
  readonly #ticker = new Ticker(() => this.#tell((node, now) => node.look(now)));
  #end: (end: RunEnd) => void = () => {};
  #isOver = false;

  constructor(options: RunOptions) {
    const { config, log, hooks, programs } = options;
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#node = nodeOf(options);
    const started = config.respawns.filter((respawn) => !isIpfail(respawn));
    this.#children = new Children(started, log, programs);
    this.#pings = new Pings(config.keepaliveMs, (name) =>
      this.#tell((node, now) => node.pinged(name, now)),
    );
    this.#hooks = new Hooks(hooks, log, programs);
    this.#media = new Media(config.media, {
      log,
      hear: (datagram, link, from) =>
        this.#tell((node, now) => node.hear(datagram, link, now, from)),
    });
    this.#health = new Health({
      watched: options.watched,
      everyMs: Math.max(config.keepaliveMs, LEAST_LOOK_MS),
      isHere: (node) => this.#isHere(node),
      said: (isWell) => this.#tell((node, now) => node.healthy(isWell, now)),
    });
    this.#moves = new Moves({
      resources: options.resources,
      log,
      moved: (move, failed) => this.#moved(move, failed),
    });
    this.#tell((node, now) => node.start(now));
  }

  get view(): StatusView {
    const { name: node, generation } = this.#options;
    return viewOf(this.#node, { node, pid: process.pid, generation });
  }

  /** See {@link HeartbeatNode.command}. */
  command(message: Message): void {
    this.#tell((node, now) => node.command(message, now));
  }

  shutDown(): void {
    this.#tell((node, now) => node.shutDown(now));
  }

  rekey(keyring: Keyring): void {
    this.#node.rekey(keyring);
  }

  #tell(what: (node: HeartbeatNode, now: number) => readonly NodeAction[]): void {
    if (this.#isOver) return;
    for (const action of what(this.#node, performance.now())) this.#act(action);
    if (!this.#isOver) this.#ticker.set(this.#node.nextAt);
  }

  #act(action: NodeAction): void {
    const { log, resources } = this.#options;
    if (action.type === 'datagram') this.#media.send(action.datagram);
    else if (action.type === 'log') log(action.level, action.text);
    else if (action.type === 'ping') this.#pings.ask(action.name, action.hosts);
    else if (action.type === 'hook') this.#hooks.run(action.fields);
    else if (action.type === 'children') this.#start();
    else if (action.type === 'announce') resources.announce();
    else if (action.type === 'gone') this.#over({ restartAfterMs: undefined });
    else if (action.type === 'restart') this.#over({ restartAfterMs: action.afterMs });
    else this.#moves.add(action);
  }

  #start(): void {
    const { log } = this.#options;
    this.#health.start();
    this.#children.start().catch(({ message }: Error) => log('error', message));
  }

  /** Its scripts have ended. */
  #moved({ type, request }: Move, failed: Hold): void {
    this.#tell((node, now) =>
      type === 'acquire'
        ? node.acquired(request, failed, now)
        : node.released(request, failed, now),
    );
    // Who was ill, and got something, is to be well before it is given away for that.
    this.#health.hurry();
  }

  /** Whether that node's groups run on this host; undefined: they are on their way. */
  #isHere(node: string): boolean | undefined {
    const { mine, word } = this.#node.ownership;
    if (this.#moves.isMoving || word === 'transition') return undefined;
    return has(mine, node === this.#options.name ? 'local' : 'foreign');
  }

  #over(end: RunEnd): void {
    this.#isOver = true;
    this.#ticker.stop();
    this.#health.stop();
    this.#pings.close();
    this.#hooks.close();
    const closed = async () => {
      await this.#children.stop();
      await this.#moves.idle;
      this.#media.close();
      this.#end(end);
    };
    closed().catch(({ message }: Error) => this.#options.log('error', message));
  }
}

function nodeOf(options: RunOptions): HeartbeatNode {
  const { config, groups, keyring, name, uuid, generation } = options;
  const { nodes, pings, hopfudge, uuidFrom } = config;
  const ttl = hopfudge + nodes.length + pings.length;
  return new HeartbeatNode(
    {
      config,
      groups,
      keyring,
      identity: { name, uuid, generation, ttl },
      world: { seconds: () => Math.floor(Date.now() / 1000), load },
      uuidOf: (node) => (uuidFrom === 'nodename' ? uuidOfName(node) : undefined),
      random: Math.random,
    },
    performance.now(),
  );
}

/** A file of the kernel's own memory: it is there at once. */
function load(): string {
  return readFileSync('/proc/loadavg', 'latin1').trim();
}
