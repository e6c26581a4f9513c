import type { MemberStatus } from '../membership/member.ts';
import { type Hold, isHold } from '../ownership/hold.ts';
import type { Owner } from '../ownership/owner.ts';
import { type Message, textOf } from '../wire/message.ts';
import type { Keyring } from '../wire/seal.ts';
import type { MemberView, NodeAction } from './action.ts';
import { commandOf } from './command.ts';
import { Company } from './company.ts';
import { Deeds } from './deeds.ts';
import { Leaving } from './leaving.ts';
import { type NodeOptions, type Parts, partsOf } from './parts.ts';
import { Reader } from './reader.ts';
import { Rejoining } from './rejoining.ts';

/** Before another run begins, so that the other node sees the end of this one. */
const RESTART_MS = 1000;

/** All that a Heartbeat node does, without sockets, clocks and scripts: what happens comes in, what is to be
 *  done goes out. Times are milliseconds of one monotonic clock. Source: observed on Heartbeat 3.0.6. */
export class HeartbeatNode {
  readonly #options: NodeOptions;
  readonly #parts: Parts;
  readonly #deeds: Deeds;
  readonly #company: Company;
  readonly #reader: Reader;
  readonly #leaving = new Leaving();
  readonly #rejoining: Rejoining;

  constructor(options: NodeOptions, now: number) {
    this.#options = options;
    this.#parts = partsOf(options, (hold, at) => this.#deeds.give(hold, at), now);
    this.#deeds = new Deeds(this.#parts, this.#leaving, options.config.pings);
    this.#rejoining = new Rejoining(options.config.autoFailback !== 'legacy');
    this.#company = new Company(this.#parts, this.#deeds, this.#rejoining);
    this.#reader = new Reader(this.#parts, this.#deeds, this.#company);
  }

  get ownership(): Pick<Owner, 'mine' | 'word' | 'isStable'> {
    return this.#parts.owner;
  }

  get status(): MemberStatus {
    return this.#parts.pulse.status;
  }

  get members(): readonly MemberView[] {
    const { membership, links } = this.#parts;
    const pings = this.#options.config.pings.map(({ name }) => name);
    return membership.all.map(({ name, status }) => ({
      name,
      status,
      links: pings.includes(name)
        ? [{ name, isUp: status === 'ping' }]
        : links.of(name),
    }));
  }

  /** When time alone is an event. */
  get nextAt(): number {
    const { inbox, ipfail, ...parts } = this.#parts;
    const { pulse, rollCall, membership, links, owner, coupling } = parts;
    const timers = [inbox, pulse, rollCall, membership, links, owner, coupling];
    return Math.min(
      ...timers.map(({ nextAt }) => nextAt),
      ipfail?.nextAt ?? Number.POSITIVE_INFINITY,
      this.#leaving.nextAt,
      this.#rejoining.nextAt,
    );
  }

  start(now: number): readonly NodeAction[] {
    this.#deeds.beat(now);
    this.#deeds.become('up', now);
    this.#deeds.ping();
    return this.#done(now);
  }

  /** A datagram of whoever sent it.
   *  @param link  the name of the medium by which it came, as `eth0`
   *  @param from  its sender's address, for the log */
  hear(
    datagram: Buffer,
    link: string,
    now: number,
    from = link,
  ): readonly NodeAction[] {
    this.#wake(now);
    const { inbox, links } = this.#parts;
    const read = inbox.read(datagram, from, now);
    if (!read) return this.#done(now);
    const change = links.hear(read.from, link, now);
    if (change) this.#company.linked([change]);
    if (read.delivered) this.#reader.take(read.delivered, now);
    return this.#done(now);
  }

  /** Time has gone on. */
  look(now: number): readonly NodeAction[] {
    this.#wake(now);
    const {
      pulse,
      membership,
      rollCall,
      inbox,
      owner,
      links,
      ipfail,
      coupling,
      other,
    } = this.#parts;
    if (pulse.nextAt <= now) {
      this.#deeds.beat(now);
      this.#deeds.ping();
    }
    this.#company.happened(membership.look(now), undefined, now);
    this.#company.linked(links.look(now));
    if (rollCall.nextAt <= now) this.#parts.outbox.send(rollCall.ask(other, now), now);
    inbox.look(now);
    this.#deeds.own(owner.look(now), now);
    ipfail?.look(now);
    coupling.look(now);
    this.#reunite(now);
    return this.#done(now);
  }

  /** See {@link NodeAction}, `acquire`.
   *  @param request  the number that the action has
   *  @param failed  groups of which nothing runs */
  acquired(request: number, failed: Hold, now: number): readonly NodeAction[] {
    this.#deeds.own(this.#parts.owner.acquired(request, failed, now), now);
    return this.#done(now);
  }

  /** See {@link NodeAction}, `release`.
   *  @param request  the number that the action has
   *  @param failed  groups of which something still runs */
  released(request: number, failed: Hold, now: number): readonly NodeAction[] {
    this.#deeds.own(this.#parts.owner.released(request, failed, now), now);
    return this.#done(now);
  }

  /** A message of this host's programs, as hb_standby writes it to the FIFO: every node hears it, and this
   *  one too. */
  command(message: Message, now: number): readonly NodeAction[] {
    const { outbox } = this.#parts;
    const command = commandOf(message);
    if (!command) outbox.log('warn', 'a message of the FIFO has no type that is known');
    else if (textOf(command, 't') === 'ask_resources') this.#asked(command, now);
    else this.#parts.outbox.send(command, now);
    if (command) this.#deeds.hook(command);
    return this.#done(now);
  }

  /** Hosts of `ping`, or one of a `ping_group`, have answered.
   *  @param name  that of the action */
  pinged(name: string, now: number): readonly NodeAction[] {
    this.#wake(now);
    this.#company.happened(this.#parts.membership.pinged(name, now), undefined, now);
    return this.#done(now);
  }

  /** authkeys was read again. */
  rekey(keyring: Keyring): void {
    this.#parts.post.rekey(keyring);
  }

  /** Whether this host's own services work, or as far as is known. */
  healthy(isHealthy: boolean, now: number): readonly NodeAction[] {
    if (this.#parts.coupling.healthy(isHealthy, now)) this.#deeds.beat(now);
    return this.#done(now);
  }

  /** Gives everything up, as soon as nothing moves; `gone` is the last action. */
  shutDown(now: number): readonly NodeAction[] {
    this.#leaving.want(undefined, now);
    return this.#done(now);
  }

  #asked(command: Message, now: number): void {
    const word = textOf(command, 'rsc_hold');
    const hold = word === 'failback' ? 'foreign' : word;
    if (isHold(hold) && textOf(command, 'info') === 'me') this.#deeds.give(hold, now);
    else this.#parts.outbox.log('warn', `ask_resources of [${word}] is not understood`);
  }

  /** Whoever stood still does not take the others for dead: what they said meanwhile is still to be read. */
  #wake(now: number): void {
    const { deadtimeMs, deadpingMs, keepaliveMs } = this.#options.config;
    const longest = Math.min(deadtimeMs, deadpingMs) / 2;
    if (now - this.#parts.pulse.nextAt < longest) return;
    this.#parts.outbox.log(
      'warn',
      `this node stood still: for ${longest} ms, or longer`,
    );
    // The next word of each is on its way after one, and here before two are over.
    const until = now + 2 * keepaliveMs;
    this.#parts.membership.excuse(until);
    this.#parts.links.excuse(until);
    this.#deeds.beat(now);
    this.#deeds.ping();
  }

  #reunite(now: number): void {
    const { owner } = this.#parts;
    const step = this.#rejoining.look(now);
    if (step === 'ask') this.#ask();
    else if (step === 'leave' && owner.mine !== 'none') this.#rejoin(now);
    else if (step !== undefined) this.#deeds.own(owner.relyOnOther(true, now), now);
  }

  /** For what runs here, and nothing else; whoever goes, or is ill, wants nothing. */
  #ask(): void {
    const { plan, coupling, other, owner } = this.#parts;
    const { mine } = owner;
    if (!coupling.isWell || !this.#leaving.isHere || mine === 'none') return;
    plan.log(
      'warn',
      `${other} may have our [${mine}] resources too: it is asked for them`,
    );
    plan.send('hb_takeover', ['rsc_hold', mine]);
  }

  /** What this node has goes to the other one, and it comes back as one that has nothing. */
  #rejoin(now: number): void {
    const { outbox, other } = this.#parts;
    outbox.log(
      'error',
      `${other} did not give up our resources: this node does, and begins anew`,
    );
    this.#leaving.want(RESTART_MS, now);
  }

  #done(now: number): readonly NodeAction[] {
    const { outbox, plan, owner, membership, other, ipfail } = this.#parts;
    outbox.run(plan.take(), now);
    const isAlone = !membership.of(other)?.isThere;
    const isIdle = this.status !== 'active';
    if (this.#leaving.mayRelease(owner.isStable || isAlone || isIdle, now)) {
      ipfail?.cancel();
      if (isIdle) this.#leaving.released(false, now);
      else this.#deeds.own(owner.shutDown(now), now);
    }
    const last = this.#leaving.last(now);
    if (last) outbox.act(last);
    return outbox.take();
  }
}
