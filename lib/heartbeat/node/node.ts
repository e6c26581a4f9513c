import type { HaConfig } from '../config/ha-config.ts';
import type { ResourceGroup } from '../config/haresources.ts';
import type { Happening, MemberStatus } from '../membership/member.ts';
import { Membership } from '../membership/membership.ts';
import { type Hold, isHold } from '../ownership/hold.ts';
import { Ownership, type Action as OwnershipAction } from '../ownership/ownership.ts';
import { type Message, textOf } from '../wire/message.ts';
import { type Keyring, open } from '../wire/seal.ts';
import type { MemberView, NodeAction } from './action.ts';
import { Correspondent } from './correspondent.ts';
import { type Letter, letterOf, numberIn, resourcesIn, statusIn } from './letter.ts';
import { type Identity, Post, type World } from './post.ts';

export interface NodeOptions {
  readonly config: HaConfig;
  /** The lines of haresources: with `auto_failback legacy` they are asked for by name. */
  readonly groups: readonly Pick<ResourceGroup, 'node' | 'key'>[];
  readonly keyring: Keyring;
  readonly identity: Identity;
  readonly world: World;
  uuidOf(node: string): Uint8Array | undefined;
  /** From 0 to below 1. */
  random(): number;
}

/** For so long after the start others are asked to bear more silence. */
const YOUNG_MS = 5000;
const YOUNG_MORE_MS = 2000;
/** Between two requests for the list of nodes. */
const LIST_AGAIN_MS = 1000;
const NEVER = Number.POSITIVE_INFINITY;

/** All that a Heartbeat node does, without sockets, clocks and scripts: what happens comes in, what is to be
 *  done goes out. Times are milliseconds of one monotonic clock. Source: observed on Heartbeat 3.0.6. */
export class HeartbeatNode {
  readonly #options: NodeOptions;
  readonly #post: Post;
  readonly #peers: ReadonlyMap<string, Correspondent>;
  readonly #membership: Membership;
  readonly #ownership: Ownership;
  readonly #other: string;
  readonly #startedAt: number;
  #status: MemberStatus = 'init';
  #beatAt: number;
  #listAt = NEVER;
  #actions: NodeAction[] = [];

  constructor(options: NodeOptions, now: number) {
    const { config, identity, keyring, random } = options;
    const others = config.nodes.filter((name) => name !== identity.name);
    this.#options = options;
    this.#startedAt = now;
    this.#beatAt = now;
    this.#other = others[0] ?? '';
    this.#post = new Post(keyring, { ...options, form: config.form });
    this.#peers = new Map(
      others.map((name) => [
        name,
        new Correspondent(name, { maxDelayMs: config.maxRexmitDelayMs, random }),
      ]),
    );
    this.#membership = new Membership({
      others,
      pings: config.pings.map(({ name }) => name),
      deadAfterMs: config.deadtimeMs,
      pingDeadAfterMs: config.deadpingMs,
      lateAfterMs: config.warntimeMs,
      initDeadAfterMs: config.initdeadMs,
      startedAt: now,
    });
    this.#ownership = new Ownership({
      autoFailback: config.autoFailback === 'on',
      self: identity.name,
      other: this.#other,
    });
  }

  get ownership(): Pick<Ownership, 'mine' | 'word' | 'isStable'> {
    return this.#ownership;
  }

  get status(): MemberStatus {
    return this.#status;
  }

  /** When time alone is an event. */
  get nextAt(): number {
    const gaps = [...this.#peers.values()].map(({ receipt }) => receipt.nextAt);
    return Math.min(
      this.#beatAt,
      this.#listAt,
      this.#membership.nextAt,
      this.#ownership.nextAt,
      ...gaps,
    );
  }

  start(now: number): readonly NodeAction[] {
    this.#beat(now);
    this.#become('up', now);
    return this.#flush();
  }

  get members(): readonly MemberView[] {
    return this.#membership.all.map(({ name, status }) => ({
      name,
      status,
      links: [],
    }));
  }

  /** A datagram of whoever sent it.
   *  @param _link  the name of the medium by which it came, as `eth0` */
  hear(datagram: Buffer, _link: string, now: number): readonly NodeAction[] {
    const opened = open(datagram, this.#post.keyring);
    const letter = 'message' in opened ? letterOf(opened.message) : undefined;
    const peer = letter && this.#peers.get(letter.from);
    if (letter && peer) this.#read(letter, peer, now);
    return this.#flush();
  }

  /** Time has gone on. */
  look(now: number): readonly NodeAction[] {
    if (this.#beatAt <= now) this.#beat(now);
    this.#happened(this.#membership.look(now), now);
    if (this.#listAt <= now) this.#askForList(now);
    for (const { name, receipt } of this.#peers.values())
      for (const seq of receipt.due(now))
        this.#send(
          now,
          'NS_rexmit',
          ['dest', name],
          ['firstseq', `${seq}`],
          ['lastseq', `${seq}`],
        );
    this.#own(this.#ownership.look(now), now);
    return this.#flush();
  }

  acquired(hold: Hold, failed: Hold, now: number): readonly NodeAction[] {
    this.#own(this.#ownership.acquired(hold, failed, now), now);
    return this.#flush();
  }

  released(hold: Hold, now: number): readonly NodeAction[] {
    this.#own(this.#ownership.released(hold, now), now);
    return this.#flush();
  }

  /** A message of this host's programs, as hb_standby writes it to the FIFO: every node hears it, and this
   *  one too. */
  command(message: Message, now: number): readonly NodeAction[] {
    const hold = textOf(message, 'rsc_hold');
    const isStandby =
      textOf(message, 't') === 'ask_resources' && textOf(message, 'info') === 'me';
    if (isStandby) {
      const given = hold === 'failback' ? 'foreign' : hold;
      if (isHold(given)) this.#own(this.#ownership.standby(given, now), now);
    } else this.#dispatch(message, now);
    return this.#flush();
  }

  /** Hosts of `ping`, or one of a `ping_group`, have answered.
   *  @param name  that of the action */
  pinged(_name: string, _now: number): readonly NodeAction[] {
    return this.#flush();
  }

  /** authkeys was read again. */
  rekey(keyring: Keyring): void {
    this.#post.keyring = keyring;
  }

  /** Whether this host's own services work, or as far as is known. */
  healthy(_isHealthy: boolean, _now: number): readonly NodeAction[] {
    return this.#flush();
  }

  shutDown(now: number): readonly NodeAction[] {
    this.#own(this.#ownership.shutDown(), now);
    return this.#flush();
  }

  #read(letter: Letter, peer: Correspondent, now: number): void {
    const { seq, generation } = letter;
    if (seq === undefined) this.#readUnnumbered(letter, peer, now);
    else {
      const taken = peer.take(generation, seq, now);
      if (taken !== 'new') return;
      if (peer.receipt.isToAcknowledge(seq))
        this.#send(now, 'NS_ackmsg', ['dest', peer.name], ['ackseq', seq.toString(16)]);
      const isOurs =
        letter.to === undefined || letter.to === this.#options.identity.name;
      const isOld = letter.type === 'resource' && !peer.isNewest(seq);
      if (isOurs && !isOld) this.#take(letter, now);
    }
  }

  #readUnnumbered(
    { type, to, message }: Letter,
    peer: Correspondent,
    now: number,
  ): void {
    if (to !== this.#options.identity.name) return;
    if (type === 'NS_rexmit') this.#sendAgain(message, peer, now);
    else if (type === 'NS_nak_rexmit')
      peer.receipt.giveUp(numberIn(message, 'firstseq') ?? 0);
  }

  #sendAgain(message: Message, { name }: Correspondent, now: number): void {
    const first = numberIn(message, 'firstseq', 10) ?? 0;
    const last = numberIn(message, 'lastseq', 10) ?? 0;
    const { datagrams, forgotten } = this.#post.again(first, last, now);
    for (const datagram of datagrams)
      this.#actions.push({ type: 'datagram', datagram });
    for (const seq of forgotten)
      this.#send(
        now,
        'NS_nak_rexmit',
        ['firstseq', seq.toString(16)],
        ['dest', name],
        ['info', 'seqno not found'],
      );
  }

  #take(letter: Letter, now: number): void {
    const { type, from, message, generation } = letter;
    if (type === 'status') {
      const status = statusIn(message);
      const deadAfterMs = numberIn(message, 'dt');
      if (status)
        this.#happened(
          this.#membership.hear(from, { status, deadAfterMs, generation }, now),
          now,
        );
    } else if (type === 'reqnodes') this.#tellList(from, now);
    else if (type === 'repnodes') this.#gotList(now);
    else if (this.#status === 'active')
      this.#own(this.#ownership.hear(resourcesIn(letter), now), now);
  }

  #happened(happenings: readonly Happening[], now: number): void {
    for (const happening of happenings) {
      this.#tell(happening);
      if (happening.type === 'communication-up') this.#join(now);
      else if (happening.type === 'dead' && happening.node === this.#other)
        this.#own(this.#ownership.died(now), now);
    }
  }

  #tell(happening: Happening): void {
    const { type } = happening;
    if (type === 'status')
      this.#log(
        'info',
        `Status update for node ${happening.node}: status ${happening.status}`,
      );
    else if (type === 'dead') this.#log('warn', `node ${happening.node}: is dead`);
    else if (type === 'late')
      this.#log(
        'warn',
        `Late heartbeat: Node ${happening.node}: interval ${happening.ms} ms`,
      );
    else if (type === 'restarted')
      this.#log('info', `Heartbeat restart on node ${happening.node}`);
    else if (type === 'healed')
      this.#log('error', `Cluster node ${happening.node} returning after partition.`);
  }

  /** Both nodes must mean the same nodes before one of them does anything. */
  #join(now: number): void {
    if (this.#membership.of(this.#other)?.isThere) this.#askForList(now);
    else this.#activate(now);
  }

  #askForList(now: number): void {
    this.#listAt = now + LIST_AGAIN_MS;
    this.#send(now, 'reqnodes', ['dest', this.#other]);
  }

  #tellList(node: string, now: number): void {
    const { nodes } = this.#options.config;
    const list = nodes.map((name) => `${name} `).join('');
    this.#dispatch(
      [
        ['dest', node],
        ['t', 'repnodes'],
        ['nodelist', list],
        ['delnodelist', ' '],
      ],
      now,
    );
  }

  #gotList(now: number): void {
    if (this.#listAt !== NEVER) this.#activate(now);
  }

  #activate(now: number): void {
    this.#listAt = NEVER;
    this.#log('info', 'Comm_now_up(): updating status to active');
    this.#become('active', now);
    this.#actions.push({ type: 'children' });
    const isThere = this.#membership.of(this.#other)?.isThere ?? false;
    this.#own(this.#ownership.begin(isThere, now), now);
  }

  #own(actions: readonly OwnershipAction[], now: number): void {
    for (const action of actions)
      if (action.type === 'send') this.#dispatch(action.message, now);
      else this.#actions.push(action);
  }

  #become(status: MemberStatus, now: number): void {
    this.#status = status;
    this.#log('info', `Local status now set to: '${status}'`);
    this.#beat(now);
  }

  #beat(now: number): void {
    const { deadtimeMs, keepaliveMs } = this.#options.config;
    const isYoung = now - this.#startedAt < YOUNG_MS;
    const patience = Math.round(deadtimeMs + (isYoung ? YOUNG_MORE_MS : 0));
    this.#beatAt = now + keepaliveMs;
    this.#send(
      now,
      'status',
      ['st', this.#status],
      ['dt', patience.toString(16)],
      ['protocol', '1'],
    );
  }

  #send(now: number, type: string, ...fields: Message): void {
    this.#dispatch([['t', type], ...fields], now);
  }

  #dispatch(message: Message, now: number): void {
    this.#actions.push({
      type: 'datagram',
      datagram: this.#post.datagram(message, now),
    });
  }

  #log(level: 'info' | 'warn' | 'error', text: string): void {
    this.#actions.push({ type: 'log', level, text });
  }

  #flush(): readonly NodeAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}
