import type { ServiceEntry, ServiceOutcome } from '../model/engine.ts';
import type { EngineName } from '../model/virtual-service.ts';
import type { EngineChoice } from './choose-engine.ts';

/** How a service is carried: by which engine, and what that engine says about it. Where none can
 *  carry it, it is checked all the same. */
export interface Carriage extends EngineChoice {
  /** The engine's last word; undefined: it has not spoken yet. */
  readonly outcome: ServiceOutcome | undefined;
  /** On its way from another engine, which does not let go before this one carries it. */
  readonly leaving?: Leaving | undefined;
}

/** The engine that carried a service before. */
export interface Leaving {
  readonly engine: EngineName;
  readonly outcome: ServiceOutcome | undefined;
}

/** Whether an engine can carry the service as it is now. */
type Carries = (engine: EngineName) => boolean;

/** The carriage of a new service.
 *  @param left  the engine in which an earlier run left it in force, where that one can go on */
export function assign(choice: EngineChoice, left: EngineName | undefined): Carriage {
  const isThere = left === undefined || left === choice.engine;
  const leaving = isThere ? undefined : { engine: left, outcome: undefined };
  return { ...choice, outcome: undefined, leaving };
}

/** The carriage after a reload. */
export function reassign(
  before: Carriage,
  choice: EngineChoice,
  carries: Carries,
): Carriage {
  const { leaving, outcome } = before;
  if (choice.engine === before.engine && choice.refusal === before.refusal)
    return { ...choice, outcome, leaving: stays(leaving, carries) };
  const from = leaving ?? at(before);
  if (from?.engine !== choice.engine)
    return { ...choice, outcome: undefined, leaving: stays(from, carries) };
  // Back to where it still is.
  return {
    ...choice,
    outcome: choice.refusal === undefined ? from.outcome : undefined,
  };
}

/** Whether that choice is what it goes by already. */
export function goesBy(
  is: Carriage,
  { engine, reason, refusal }: EngineChoice,
): boolean {
  return is.engine === engine && is.reason === reason && is.refusal === refusal;
}

/** The engine that has it now, where that one does its work. */
function at({ engine, refusal, outcome }: Carriage): Leaving | undefined {
  return refusal === undefined && isCarried(outcome) ? { engine, outcome } : undefined;
}

function stays(from: Leaving | undefined, carries: Carries): Leaving | undefined {
  return from && carries(from.engine) ? from : undefined;
}

/** The carriage after an engine's word on the service.
 *  @param applied  the word answers an apply() */
export function heed(
  carriage: Carriage,
  engine: EngineName,
  outcome: ServiceOutcome,
  applied: boolean,
): Carriage {
  const { leaving } = carriage;
  if (engine === leaving?.engine)
    return { ...carriage, leaving: { ...leaving, outcome } };
  // A late word from before the engine was given the service.
  if (leaving && !applied && carriage.outcome === undefined) return carriage;
  return { ...carriage, outcome, leaving: isCarried(outcome) ? undefined : leaving };
}

/** Whether the service belongs in that engine's table. */
export function isIn(
  { engine, refusal, leaving }: Carriage,
  table: EngineName,
): boolean {
  return table === leaving?.engine || (table === engine && refusal === undefined);
}

/** What that engine's table has of the service: always the same object for the same entry, by which
 *  it knows that nothing has changed.
 *  @param entry  as the pool wants it */
export function entryIn(
  carriage: Carriage,
  table: EngineName,
  entry: ServiceEntry,
): ServiceEntry | undefined {
  if (!isIn(carriage, table)) return undefined;
  const isArriving = carriage.leaving !== undefined && table === carriage.engine;
  return isArriving ? arrivalOf(entry) : entry;
}

const ARRIVALS = new WeakMap<ServiceEntry, ServiceEntry>();

function arrivalOf(entry: ServiceEntry): ServiceEntry {
  const arrival: ServiceEntry = ARRIVALS.get(entry) ?? { ...entry, arriving: true };
  ARRIVALS.set(entry, arrival);
  return arrival;
}

/** The engine that has the service now. */
export function carrier({ engine, leaving }: Carriage): EngineName {
  return leaving?.engine ?? engine;
}

/** Whether that engine has it in force. */
export function isCarrying(carriage: Carriage, speaker: EngineName): boolean {
  return isIn(carriage, speaker) && isCarried(wordOf(carriage, speaker));
}

/** What that engine said last of the service. */
export function wordOf(
  { engine, outcome, leaving }: Carriage,
  speaker: EngineName,
): ServiceOutcome | undefined {
  if (speaker === leaving?.engine) return leaving.outcome;
  return speaker === engine ? outcome : undefined;
}

/** Nothing stands in its way; with no server to send to, it is carried by refusing clients. */
function isCarried(outcome: ServiceOutcome | undefined): boolean {
  return outcome?.state === 'carried' || outcome?.state === 'idle';
}
