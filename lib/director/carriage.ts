import type { ServiceOutcome } from '../model/engine.ts';
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
  /** Whether it must let go before the other can begin. */
  readonly first: boolean;
}

/** The net engine does not listen where IPVS would take every packet before its socket. */
const LETS_GO_FIRST: ReadonlySet<string> = new Set(['ipvs net']);

/** The carriage after a reload.
 *  @param carries  whether an engine can carry the service as it is now */
export function reassign(
  before: Carriage,
  choice: EngineChoice,
  carries: (engine: EngineName) => boolean,
): Carriage {
  const { leaving, outcome } = before;
  if (choice.engine === before.engine && choice.refusal === before.refusal)
    return { ...choice, outcome, leaving: stays(leaving, choice, carries) };
  const from = leaving ?? at(before);
  if (from?.engine !== choice.engine)
    return { ...choice, outcome: undefined, leaving: stays(from, choice, carries) };
  // Back to where it still is.
  const isThere = !from.first && choice.refusal === undefined;
  return { ...choice, outcome: isThere ? from.outcome : undefined };
}

/** The engine that has it now, where that one does its work. */
function at({ engine, refusal, outcome }: Carriage): Leaving | undefined {
  if (refusal !== undefined || !isCarried(outcome)) return undefined;
  return { engine, outcome, first: false };
}

function stays(
  from: Leaving | undefined,
  { engine, refusal }: EngineChoice,
  carries: (engine: EngineName) => boolean,
): Leaving | undefined {
  if (from === undefined || !carries(from.engine)) return undefined;
  const able = refusal === undefined;
  return { ...from, first: able && LETS_GO_FIRST.has(`${from.engine} ${engine}`) };
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

/** The carriage once an engine has a table that the service is not in. */
export function released(carriage: Carriage, engine: EngineName): Carriage {
  const { leaving } = carriage;
  const gone = leaving?.first === true && leaving.engine === engine;
  return gone ? { ...carriage, leaving: undefined } : carriage;
}

/** Whether the service belongs in that engine's table. */
export function isIn(
  { engine, refusal, leaving }: Carriage,
  table: EngineName,
): boolean {
  if (table === leaving?.engine) return !leaving.first;
  return table === engine && refusal === undefined && leaving?.first !== true;
}

/** The engine that has the service now. */
export function carrier({ engine, leaving }: Carriage): EngineName {
  return leaving?.engine ?? engine;
}

/** Nothing stands in its way; with no server to send to, it is carried by refusing clients. */
function isCarried(outcome: ServiceOutcome | undefined): boolean {
  return outcome?.state === 'carried' || outcome?.state === 'idle';
}
