import type { Engine, RecoveredServer, RecoveredService } from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';
import type { EngineChoice } from './choose-engine.ts';
import { answerOf } from './engine-answer.ts';

/** What an earlier run left in force of a service, and in which engine. */
export interface Left {
  readonly engine: EngineName;
  readonly servers: readonly RecoveredServer[];
}

/** For the cheap look. */
const LOOK_MS = 2000;
/** Without an answer the traffic would stop until the first checks end, and to read a large table back
 *  takes seconds. */
const READ_MS = 10_000;

/** Which engines are at work, and what earlier runs left in force in them. One that has nothing to
 *  carry and nothing left is not at work: nothing is asked of it, and it gets no table. */
export class Recovery {
  readonly #engines: ReadonlyMap<EngineName, Engine>;
  readonly #log: Log;
  /** Those that have been asked what is in force. */
  readonly #atWork = new Set<EngineName>();

  constructor(engines: ReadonlyMap<EngineName, Engine>, log: Log) {
    this.#engines = engines;
    this.#log = log;
  }

  isAtWork(name: EngineName): boolean {
    return this.#atWork.has(name);
  }

  /** More than one engine is at work. */
  get several(): boolean {
    return this.#atWork.size > 1;
  }

  /** Start and reload: puts the engines to work that have something to carry or to give up.
   *  @param carries  whether an engine can carry a service
   *  @returns        by service id; where two engines have it, what is in the one that it is to have */
  async recover(
    services: readonly VirtualService[],
    choices: ReadonlyMap<string, EngineChoice>,
    carries: (engine: EngineName, service: VirtualService) => boolean,
  ): Promise<ReadonlyMap<string, Left>> {
    const left = new Map<string, Left>();
    const look = async (name: EngineName, engine: Engine) => {
      const found = await this.#found(name, engine, services, choices);
      for (const service of services) {
        const { id } = service;
        const servers = found.get(id);
        const isWanted = !left.has(id) || choices.get(id)?.engine === name;
        if (servers && isWanted && carries(name, service))
          left.set(id, { engine: name, servers });
      }
    };
    const idle = [...this.#engines].filter(([name]) => !this.#atWork.has(name));
    await Promise.all(idle.map(([name, engine]) => look(name, engine)));
    return left;
  }

  /** Servers in force, by service id. */
  async #found(
    name: EngineName,
    engine: Engine,
    services: readonly VirtualService[],
    choices: ReadonlyMap<string, EngineChoice>,
  ): Promise<ReadonlyMap<string, readonly RecoveredServer[]>> {
    const its = services.filter(({ id }) => isFor(choices.get(id), name));
    const look = async () => (await engine.left?.()) ?? false;
    const left = await this.#answer(name, LOOK_MS, false, look);
    if (!left && its.length === 0) return new Map();
    this.#atWork.add(name);
    const recover = () => engine.recover(left ? services : its);
    const none: readonly RecoveredService[] = [];
    const found = await this.#answer(name, READ_MS, none, recover);
    return new Map(found.map(({ id, servers }) => [id, servers]));
  }

  #answer<T>(name: EngineName, ms: number, none: T, ask: () => Promise<T>): Promise<T> {
    return answerOf(ask, ms, (why) => {
      this.#log.warn(`No word from the engine ${name} of what is in force: ${why}`);
      return none;
    });
  }
}

function isFor(choice: EngineChoice | undefined, name: EngineName): boolean {
  return choice?.engine === name && choice.refusal === undefined;
}
