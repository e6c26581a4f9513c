import type { AlertState } from '../alerts/notice.ts';
import { type AgentWords, agentText } from '../model/agent.ts';
import type { CheckReport } from '../model/check.ts';
import type { ServerEntry, ServiceEntry } from '../model/engine.ts';
import type { Override, Wish } from '../model/override.ts';
import {
  type EngineName,
  serviceLabel,
  type VirtualService,
} from '../model/virtual-service.ts';
import { configure } from '../pool/configure.ts';
import { eject, release } from '../pool/eject.ts';
import { setOverride } from '../pool/override.ts';
import { ejectionText } from '../pool/passive.ts';
import { type Pool, type PoolStep, stateOf } from '../pool/pool.ts';
import { hasReserve } from '../pool/reserve.ts';
import { stepAside } from '../pool/step-aside.ts';
import { takeAgent } from '../pool/take-agent.ts';
import { takeReport } from '../pool/take-report.ts';
import { warm } from '../pool/warm.ts';
import { Agents } from './agents.ts';
import { Away } from './away.ts';
import type { Carriage } from './carriage.ts';
import { Certificates } from './certificates.ts';
import { CheckHistory } from './check-history.ts';
import { checkingOf } from './check-plan.ts';
import type { EngineChoice } from './choose-engine.ts';
import { DownTimes } from './down-times.ts';
import { realHappenings, whatHappened } from './happenings.ts';
import type { EngineWord, KeeperParties } from './keeper-parties.ts';
import { Leavers } from './leavers.ts';
import { checkLine } from './log-lines.ts';
import { PassiveMarks, type TrafficFailure } from './passive-marks.ts';
import type { Left } from './recovery.ts';
import { ServiceCarriage } from './service-carriage.ts';
import { createServiceChecks, type ServiceChecks } from './service-checks.ts';
import { type Cause, ServiceNews } from './service-news.ts';
import { WarmUp } from './warm-up.ts';
import { audited, auditedAgent, type Fulfilled, granted } from './wishes.ts';

/** Keeps one virtual service at work: takes the reports of its checks into its pool, and says
 *  what the engine should carry. Disposing ends its checks. */
export class ServiceKeeper implements Disposable {
  readonly #parties: KeeperParties;
  readonly #checks: ServiceChecks;
  readonly #news: ServiceNews;
  readonly #leavers: Leavers;
  readonly #warmUp = new WarmUp((steps) =>
    this.#goOn((pool, now) => warm(pool, steps, now)),
  );
  readonly history = new CheckHistory();
  readonly downTimes = new DownTimes();
  readonly certificates: Certificates;
  readonly agents: Agents;
  readonly #away = new Away();
  readonly passive = new PassiveMarks((ids) => this.#guard(() => this.#release(ids)));
  #pool: Pool;
  readonly #carriage: ServiceCarriage;
  /** What brought servers here that have no report yet. */
  #configured: AlertState;

  /** The first checks start at once.
   *  @param left       what an earlier run left in force of it
   *  @param overrides  what operators had changed in an earlier run, by real server's id */
  constructor(
    service: VirtualService,
    choice: EngineChoice,
    parties: KeeperParties,
    left?: Left,
    overrides?: ReadonlyMap<string, Override>,
  ) {
    this.#parties = parties;
    this.#news = new ServiceNews(parties);
    this.#leavers = new Leavers(parties, (id) =>
      this.#goOn((pool, now) => stepAside(pool, id, now)),
    );
    this.certificates = new Certificates(parties.log);
    this.#configured = parties.configuring();
    this.#checks = createServiceChecks(
      parties.runner,
      (id, report) => this.#report(id, report),
      (id) => stateOf(this.#pool, id)?.own === 'down',
    );
    this.agents = new Agents(parties, (id, words) => this.#agentSaid(id, words));
    const { checking, problem } = checkingOf(service);
    const earlier = { found: left?.servers, overrides };
    const step = configure(undefined, service, checking, parties.now(), earlier);
    this.#pool = step.pool;
    const about = () => ({ label: this.label, several: parties.several() });
    this.#carriage = new ServiceCarriage(parties.log, about, choice, left?.engine);
    if (problem) parties.log.warn(`Not checked: ${this.label}: ${problem}`);
    this.#tell(step, this.#configured);
    this.#news.happened(this, realHappenings(undefined, step.pool));
    this.#checks.follow(service);
    this.agents.follow(service);
  }

  get service(): VirtualService {
    return this.#pool.service;
  }

  get pool(): Pool {
    return this.#pool;
  }

  get carriage(): Carriage {
    return this.#carriage.now;
  }

  /** As log lines name it: `10.1.1.19:80`. */
  get label(): string {
    return serviceLabel(this.service);
  }

  /** What that engine should carry; undefined: it carries nothing of it. */
  entryFor(engine: EngineName): ServiceEntry | undefined {
    return this.#carriage.entryFor(engine, this.#pool.entry);
  }

  /** Servers in force: what the engine was last given and has taken. */
  get carried(): readonly ServerEntry[] {
    return this.#carriage.carried;
  }

  /** It has left its start behind, and the engine knows. */
  get ready(): boolean {
    return this.#pool.settled && this.#carriage.isKnown;
  }

  /** Reload: goes on as the changed service says.
   *  @param carries  whether an engine can carry that one */
  follow(
    service: VirtualService,
    choice: EngineChoice,
    carries: (engine: EngineName) => boolean,
  ): void {
    const { checking, problem } = checkingOf(service);
    const before = this.#pool;
    const overrides = this.#away.follow(before, service);
    const step = configure(before, service, checking, this.#parties.now(), {
      overrides,
    });
    this.#pool = step.pool;
    for (const known of [this.history, this.downTimes, this.certificates])
      known.keep(step.pool.index);
    this.#configured = this.#parties.configuring();
    this.#carriage.follow([before.service, service], choice, carries);
    if (problem && problem !== checkingOf(before.service).problem)
      this.#parties.log.warn(`Not checked: ${this.label}: ${problem}`);
    this.#tell(step, this.#configured);
    this.#news.happened(this, realHappenings(before, step.pool));
    this.#checks.follow(service);
    this.agents.follow(service);
    this.#parties.stepped(this);
  }

  /** What an operator wishes of a real server that is there. */
  change(realId: string, wish: Wish, by: string): Fulfilled {
    const known = stateOf(this.#pool, realId);
    if (!known) return { before: undefined, after: undefined, audit: [] };
    const { override: before, configured, agent } = known;
    const at = this.#parties.now();
    const after = granted(before, configured.weight, wish, { by, at });
    const step = setOverride(this.#pool, realId, after, at, wish.state === 'ready');
    this.#take(realId, step, { at, message: null, why: `changed by ${by}` });
    const forgotten = auditedAgent(agent, stateOf(step.pool, realId)?.agent);
    const audit = audited(before, after, configured.weight);
    return { before, after, audit: [...audit, ...forgotten] };
  }

  heard(engine: EngineName, word: EngineWord): void {
    this.#carriage.heard(engine, word, this.#pool.settled, this.#pool.entry);
    this.#news.happened(this, []);
  }

  /** Clients' connections failed at one of its real servers. */
  trafficFailed(failure: TrafficFailure): void {
    this.#guard(() => {
      const ejection = this.passive.failed(this.#pool, failure);
      if (!ejection) return;
      const at = this.#parties.now();
      const step = eject(this.#pool, failure.server, ejection, at);
      this.#take(failure.server, step, { at, message: ejectionText(ejection) });
    });
  }

  [Symbol.dispose](): void {
    this.#checks[Symbol.dispose]();
    this.agents[Symbol.dispose]();
    this.#leavers[Symbol.dispose]();
    this.#warmUp[Symbol.dispose]();
    this.passive[Symbol.dispose]();
  }

  #release(realIds: ReadonlySet<string>): void {
    this.#tell({ pool: release(this.#pool, realIds), changes: [] }, 'running');
    this.#parties.stepped(this);
  }

  /** Goes on as time has it: with what no check, agent or operator has brought about. */
  #goOn(made: (pool: Pool, now: number) => PoolStep): void {
    this.#guard(() => {
      const before = this.#pool;
      const step = made(before, this.#parties.now());
      this.#tell(step, 'running');
      const others = hasReserve(step.pool.reals);
      this.#news.happened(this, others ? realHappenings(before, step.pool) : []);
      this.#parties.changed(this);
      this.#parties.stepped(this);
    });
  }

  #report(realId: string, report: CheckReport): void {
    this.#guard(() => {
      const { service } = this;
      const known = stateOf(this.#pool, realId);
      this.#parties.log.debug(checkLine(service, realId, report));
      this.history.note(realId, report);
      this.certificates.note(service, realId, report);
      if (known) this.#parties.alerts.checked(service, known.real, report);
      const state = known?.own === 'starting' ? this.#configured : 'running';
      const step = takeReport(this.#pool, realId, report);
      this.#take(realId, step, { at: report.at, message: report.message, state });
    });
  }

  #agentSaid(realId: string, words: AgentWords): void {
    this.#guard(() => {
      const at = this.#parties.now();
      const step = takeAgent(this.#pool, realId, words, at);
      const agent = stateOf(step.pool, realId)?.agent;
      if (!agent || step.pool === this.#pool) return;
      this.#take(realId, step, { at, message: `agent: ${agentText(agent)}` });
    });
  }

  /** Goes on as one real server's check, agent or operator has it. */
  #take(realId: string, step: PoolStep, { at, message, why, state }: Cause): void {
    const before = this.#pool;
    this.downTimes.note(step.pool, realId, at);
    this.#tell(step, state ?? 'running');
    this.#news.happened(this, whatHappened(realId, before, step.pool, message), why);
    if (step.pool.entry !== before.entry || step.pool.settled !== before.settled)
      this.#parties.changed(this);
    this.#parties.stepped(this, realId);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parties.log.error(
        `Defect in virtual server ${this.label}: ${String(error)}`,
      );
    }
  }

  /** @param state  what brought it about */
  #tell(step: PoolStep, state: AlertState): void {
    this.#pool = step.pool;
    this.#news.changed(step, state);
    this.#leavers.follow(step.pool);
    this.#warmUp.follow(step.pool);
    this.passive.follow(step.pool);
    const { service, settled, up } = step.pool;
    // Also after a reload: the command itself may have changed. One that ran already is dropped.
    if (settled) this.#parties.commands.run(service, up ? 'stop' : 'start');
  }
}
