import type { Action } from '../../../lib/heartbeat/ownership/action.ts';
import { type Hold, isHold } from '../../../lib/heartbeat/ownership/hold.ts';
import { Ownership } from '../../../lib/heartbeat/ownership/ownership.ts';
import { type Message, textOf } from '../../../lib/heartbeat/wire/message.ts';

type Scripts = Extract<Action, { readonly type: 'acquire' | 'release' }>;

interface Event {
  readonly at: number;
  run(): void;
}

const NAMES = ['lb1', 'lb2'] as const;
export type Name = (typeof NAMES)[number];

interface Side {
  ownership: Ownership;
  isAlive: boolean;
  /** Which groups run here, by the node whose they are. */
  readonly runs: Set<Name>;
}

/** Milliseconds of the simulated clock. */
const SCRIPT_MS = 300;
const WIRE_MS = 20;

/** Two nodes in simulated time, a network that loses nothing, and scripts that take their time. */
export class Pair {
  now = 0;
  readonly said: string[] = [];
  /** When both had the same group's scripts running at once. */
  readonly doubled: string[] = [];
  readonly #sides: Record<Name, Side>;
  readonly #events: Event[] = [];
  readonly #autoFailback: boolean;

  constructor(autoFailback: boolean) {
    this.#autoFailback = autoFailback;
    this.#sides = { lb1: this.#side('lb1'), lb2: this.#side('lb2') };
  }

  /** A new run of the node; the other one learns of it by what it says. */
  start(name: Name, otherIsThere = this.side(otherOf(name)).isAlive): void {
    this.#sides[name] = { ...this.#side(name), isAlive: true };
    this.do(name, ({ ownership }) =>
      ownership.begin({ isThere: otherIsThere, isActive: otherIsThere }, this.now),
    );
  }

  side(name: Name): Side {
    return this.#sides[name];
  }

  do(name: Name, what: (side: Side) => readonly Action[]): void {
    const side = this.side(name);
    for (const action of what(side)) this.#act(name, side, action);
  }

  /** The scripts go on, as with a host that is cut off; or end with the host. */
  kill(name: Name): void {
    this.side(name).isAlive = false;
    this.side(name).runs.clear();
  }

  /** Plays until then. */
  to(ms: number): void {
    for (;;) {
      const next = this.#next();
      if (next.at > ms) break;
      const index = this.#events.indexOf(next);
      if (index >= 0) this.#events.splice(index, 1);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = ms;
  }

  #next(): Event {
    const timers = NAMES.filter((name) => this.side(name).isAlive).map((name) => ({
      at: this.side(name).ownership.nextAt,
      run: () => this.do(name, ({ ownership }) => ownership.look(this.now)),
    }));
    const [first] = [...this.#events, ...timers].sort((a, b) => a.at - b.at);
    return first ?? { at: Number.POSITIVE_INFINITY, run: () => {} };
  }

  #side(self: Name): Side {
    const options = {
      deadtimeMs: 10_000,
      autoFailback: this.#autoFailback,
      self,
      other: otherOf(self),
    };
    return { ownership: new Ownership(options), isAlive: false, runs: new Set() };
  }

  #act(name: Name, side: Side, action: Action): void {
    if (action.type === 'send') this.#send(name, side, action.message);
    else if (action.type === 'gone') side.isAlive = false;
    else if (action.type === 'acquire' || action.type === 'release')
      this.#later(SCRIPT_MS, name, side, () => this.#ran(name, side, action));
  }

  #ran(name: Name, side: Side, { type, hold, request }: Scripts): void {
    for (const owner of namesOf(hold, name))
      if (type === 'acquire') side.runs.add(owner);
      else side.runs.delete(owner);
    for (const owner of NAMES)
      if (NAMES.every((one) => this.side(one).runs.has(owner)))
        this.doubled.push(`${owner} at ${this.now}`);
    const { ownership } = side;
    this.do(name, () =>
      type === 'acquire'
        ? ownership.acquired(request, 'none', this.now)
        : ownership.released(request, 'none', this.now),
    );
  }

  #send(name: Name, _side: Side, message: Message): void {
    const text = (field: string) => textOf(message, field);
    const words = ['t', 'rsc_hold', 'isstable', 'info'].flatMap(
      (field) => text(field) ?? [],
    );
    this.said.push(`${this.now} ${name} ${words.join(' ')}`);
    const hold = text('rsc_hold');
    const heard = {
      type: text('t') ?? '',
      hold: isHold(hold) ? hold : undefined,
      isFull: text('rtype') === 'full',
      isStable: text('isstable') === undefined ? undefined : text('isstable') === '1',
      info: text('info'),
      group: text('ipaddr'),
      isOk: text('ok') === 'OK',
    };
    const other = otherOf(name);
    this.#later(WIRE_MS, other, this.side(other), () =>
      this.do(other, ({ ownership }) => ownership.hear(heard, this.now)),
    );
  }

  /** What belongs to a run that has ended by then does not happen. */
  #later(ms: number, name: Name, side: Side, run: () => void): void {
    const at = this.now + ms;
    this.#events.push({
      at,
      run: () => {
        if (side.isAlive && this.side(name) === side) run();
      },
    });
  }
}

export function otherOf(name: Name): Name {
  return name === 'lb1' ? 'lb2' : 'lb1';
}

function namesOf(hold: Hold, self: Name): readonly Name[] {
  if (hold === 'none') return [];
  if (hold === 'all') return NAMES;
  return [hold === 'local' ? self : otherOf(self)];
}
