import t from 'tap';
import { readHaCf } from '../../../lib/heartbeat/config/ha-cf.ts';
import { uuidOfName } from '../../../lib/heartbeat/config/node-uuid.ts';
import type { NodeAction } from '../../../lib/heartbeat/node/action.ts';
import { HeartbeatNode } from '../../../lib/heartbeat/node/node.ts';
import type { NodeOptions } from '../../../lib/heartbeat/node/parts.ts';
import { type Message, textOf } from '../../../lib/heartbeat/wire/message.ts';
import { open } from '../../../lib/heartbeat/wire/seal.ts';
import { captured } from '../wire/captures.ts';
import { SECRET } from './options.ts';
import { SECOND } from './scene.ts';

const KEYRING = { current: SECRET, keys: [SECRET] };
/** What each node says as often as it likes, or what one of both does not say at all. */
const ASIDE = new Set([
  'status',
  'NS_ackmsg',
  'NS_rexmit',
  'hbapi-clstat',
  'num_ping_nodes',
]);

interface Said {
  readonly at: number;
  readonly datagram: Buffer;
  readonly message: Message;
}

interface Event {
  readonly at: number;
  run(): readonly NodeAction[];
}

/** What was said between lb1, a Heartbeat 3.0.6, and lb2, which got on with it; from the first on. */
function recorded(capture: string): readonly Said[] {
  const all = captured()
    .filter((one) => one.capture === capture)
    .flatMap(({ at, datagram }) => opened(at, datagram));
  const start = all[0]?.at ?? 0;
  return all.map((one) => ({ ...one, at: one.at - start }));
}

/** This node in the place of lb2. */
class Replay {
  readonly said: Said[] = [];
  readonly #node: HeartbeatNode;
  readonly #events: Event[];

  constructor(haCf: string) {
    this.#node = new HeartbeatNode(optionsOf(haCf), 0);
    this.#events = [{ at: 0, run: () => this.#node.start(0) }];
  }

  /** It hears what Heartbeat said, when it said it, and nothing after that time. */
  play(heard: readonly Said[], until: number): void {
    for (const { at, datagram } of heard)
      this.#events.push({ at, run: () => this.#node.hear(datagram, 'eth0', at) });
    for (let next = this.#next(); next.at <= until; next = this.#next()) {
      const index = this.#events.indexOf(next);
      if (index >= 0) this.#events.splice(index, 1);
      for (const action of next.run()) this.#follow(action, next.at);
    }
  }

  #next(): Event {
    const at = this.#node.nextAt;
    const timer = { at, run: () => this.#node.look(at) };
    const [first = timer] = this.#events.sort((one, other) => one.at - other.at);
    return first.at <= at ? first : timer;
  }

  #follow(action: NodeAction, now: number): void {
    const node = this.#node;
    const at = now + 10;
    if (action.type === 'datagram') this.said.push(...opened(now, action.datagram));
    else if (action.type === 'acquire')
      this.#events.push({ at, run: () => node.acquired(action.request, 'none', at) });
    else if (action.type === 'release')
      this.#events.push({ at, run: () => node.released(action.request, 'none', at) });
    else if (action.type === 'ping')
      this.#events.push({ at, run: () => node.pinged(action.name, at) });
  }
}

function optionsOf(haCf: string): NodeOptions {
  const text = `node lb1 lb2\nbcast eth0\nkeepalive 1\ndeadtime 6\ninitdead 12\n${haCf}`;
  const { config } = readHaCf(text, 'ha.cf', 'lb2');
  if (!config) throw new Error(text);
  const keys = { lb1: '10.1.1.19', lb2: '10.1.1.20' };
  return {
    config,
    groups: Object.entries(keys).map(([node, key]) => ({ node, key })),
    keyring: KEYRING,
    identity: { name: 'lb2', uuid: uuidOfName('lb2'), generation: 1, ttl: 3 },
    world: { seconds: () => 1, load: () => '0.00' },
    uuidOf: uuidOfName,
    random: () => 0.5,
  };
}

function opened(at: number, datagram: Buffer): readonly Said[] {
  const read = open(datagram, KEYRING);
  return 'message' in read ? [{ at, datagram, message: read.message }] : [];
}

/** The words of each message that say something about resources. */
function essence(said: readonly Said[]): string[] {
  const fields = ['t', 'rsc_hold', 'isstable', 'info', 'weown', 'ipaddr'];
  return said
    .filter(({ message }) => !ASIDE.has(textOf(message, 't') ?? ''))
    .map(({ message }) =>
      fields.flatMap((field) => textOf(message, field) ?? []).join(' '),
    )
    .filter((line) => !line.endsWith('mach_down'));
}

const PLAYS = [
  {
    what: 'cold start, death, return with failback, until this node stops',
    capture: '30-mixed-active-active',
    haCf: 'auto_failback on',
    from: 0,
    // Then Heartbeat takes this node for dead, and takes everything.
    until: 39 * SECOND,
  },
  {
    what: 'Heartbeat loses its gateway, and gets it back',
    capture: '28-mixed-ipfail',
    haCf: 'auto_failback on\nping gateway\nrespawn hacluster /usr/lib/heartbeat/ipfail',
    // Which of both is the first after ten seconds is chance.
    from: 13 * SECOND,
    until: 40 * SECOND,
  },
  {
    what: 'legacy mode: groups that are asked for',
    capture: '29-mixed-legacy',
    haCf: 'auto_failback legacy',
    from: 0,
    until: 30 * SECOND,
  },
];

for (const { what, capture, haCf, from, until } of PLAYS)
  t.test(`to Heartbeat this node says what got on with it: ${what}`, async (t) => {
    const said = recorded(capture);
    const by = (name: string) =>
      said.filter(({ message }) => textOf(message, 'src') === name);
    const within = ({ at }: Said) => at >= from && at <= until;
    const expected = essence(by('lb2').filter(within));
    t.ok(expected.length > 3);
    const replay = new Replay(haCf);
    replay.play(by('lb1'), until);
    t.same(essence(replay.said.filter(within)), expected);
  });
