import type { ServerEntry, ServiceEntry } from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';
import {
  assign,
  type Carriage,
  carrier,
  entryIn,
  heed,
  isIn,
  reassign,
} from './carriage.ts';
import { logChoice, logOutcome, logReload, type Subject } from './carriage-lines.ts';
import type { EngineChoice } from './choose-engine.ts';
import type { EngineWord } from './keeper-parties.ts';

/** How one service is carried as time goes on, told in the log, and what of it is in force. */
export class ServiceCarriage {
  readonly #log: Log;
  readonly #about: () => Subject;
  #now: Carriage;
  #inForce = false;
  #carried: readonly ServerEntry[] = [];

  /** @param left  the engine in which an earlier run left it in force */
  constructor(
    log: Log,
    about: () => Subject,
    choice: EngineChoice,
    left: EngineName | undefined,
  ) {
    this.#log = log;
    this.#about = about;
    this.#now = assign(choice, left);
    logChoice(log, about(), undefined, this.#now);
  }

  get now(): Carriage {
    return this.#now;
  }

  /** Servers in force: what the engine was last given and has taken. */
  get carried(): readonly ServerEntry[] {
    return this.#carried;
  }

  /** An engine has had it with its start behind it, or none can have it. */
  get isKnown(): boolean {
    return this.#inForce || this.#now.refusal !== undefined;
  }

  /** What that engine should carry; undefined: it carries nothing of it.
   *  @param entry  as the pool wants it */
  entryFor(engine: EngineName, entry: ServiceEntry): ServiceEntry | undefined {
    return entryIn(this.#now, engine, entry);
  }

  /** Reload.
   *  @param carries  whether an engine can carry the changed service */
  follow(
    [was, is]: readonly [was: VirtualService, is: VirtualService],
    choice: EngineChoice,
    carries: (engine: EngineName) => boolean,
  ): void {
    const before = this.#now;
    this.#now = reassign(before, choice, carries);
    const has = carrier(this.#now);
    if (has !== carrier(before) || !isIn(this.#now, has)) this.#carried = [];
    logReload(this.#log, this.#about(), [was, before], [is, this.#now]);
  }

  /** @param isSettled  the service has left its start behind
   *  @param wanted     as the pool wants it */
  heard(
    engine: EngineName,
    { outcome, answers, entry }: EngineWord,
    isSettled: boolean,
    wanted: ServiceEntry,
  ): void {
    const before = this.#now;
    const isLast = entry !== undefined && entry === this.entryFor(engine, wanted);
    this.#now = heed(before, engine, outcome, answers);
    logOutcome(this.#log, this.#about(), engine, before, this.#now);
    if (engine !== carrier(this.#now)) return;
    if (entry) this.#carried = entry.servers;
    if (isLast && isSettled) this.#inForce = true;
  }
}
