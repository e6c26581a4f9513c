import type { ServiceOutcome } from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import { same } from '../model/same.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';
import { type Carriage, carrier, wordOf } from './carriage.ts';

/** What a line is about. */
export interface Subject {
  /** The service as log lines name it: `10.1.1.19:80`. */
  readonly label: string;
  /** More than one engine is at work: the line says which it means. */
  readonly several: boolean;
}

/** What the log says of a service that is new or was reloaded.
 *  @param before  undefined: it is new */
export function logChoice(
  log: Log,
  about: Subject,
  before: Carriage | undefined,
  after: Carriage,
): void {
  const { engine, reason, refusal } = after;
  const { label } = about;
  const from = carrier(after);
  const moves = from !== engine;
  if (refusal !== undefined) {
    const what = moves
      ? cannotMove(label, from, engine)
      : `Not carried: virtual server ${named(about, engine)}`;
    log.warn(`${what}: ${refusal}`);
    return;
  }
  log.info(`${before ? 'Changed' : 'Added'} virtual server: ${label}`);
  // Nothing to tell of where a new service has the engine that all have.
  const isUsual = !moves && reason === 'engine = net';
  const isKnown = before && isGoing(before, engine) && before.reason === reason;
  if (before ? !isKnown : !isUsual) logReason(log, about, after);
}

/** What the log says where a service has its engine for another reason than before. */
function logReason(log: Log, { label }: Subject, after: Carriage): void {
  const { engine, reason } = after;
  const from = carrier(after);
  const what =
    from === engine
      ? `Engine of virtual server ${label}:`
      : `Moving virtual server ${label} from ${from} to`;
  log.info(`${what} ${engine} (${reason})`);
}

type Carried = readonly [service: VirtualService, carriage: Carriage];

/** What it says of a service after a reload; nothing where only real servers are others. */
export function logReload(
  log: Log,
  about: Subject,
  [was, before]: Carried,
  [is, after]: Carried,
): void {
  const anew = after.engine !== before.engine || after.refusal !== before.refusal;
  if (anew || !same({ ...was, reals: [] }, { ...is, reals: [] }))
    logChoice(log, about, before, after);
  else if (after.reason !== before.reason) logReason(log, about, after);
}

/** Logs one line when what that engine says of a service has changed, or has moved it. */
export function logOutcome(
  log: Log,
  about: Subject,
  engine: EngineName,
  before: Carriage,
  after: Carriage,
): void {
  const was = wordOf(before, engine);
  const is = wordOf(after, engine);
  if (!is || (was?.state === is.state && was.problem === is.problem)) return;
  const from = engine === before.engine ? before.leaving?.engine : undefined;
  if (from === undefined) logWord(log, named(about, engine), was, is);
  else if (!TROUBLES.has(is.state))
    log.info(`Moved virtual server ${about.label} from ${from} to ${engine}`);
  else
    log[is.state === 'failed' ? 'error' : 'warn'](
      because(cannotMove(about.label, from, engine), is),
    );
}

function logWord(
  log: Log,
  place: string,
  was: ServiceOutcome | undefined,
  is: ServiceOutcome,
): void {
  switch (is.state) {
    case 'failed':
      log.error(because(`Cannot carry virtual server ${place}`, is));
      return;
    case 'waiting-for-address':
      log.warn(because(`Waiting for the address of virtual server ${place}`, is));
      return;
    case 'carried':
    case 'idle':
      if (was && TROUBLES.has(was.state))
        log.info(`Carrying virtual server ${place} (mended: ${was.problem ?? ''})`);
      return;
    default:
      is.state satisfies never;
  }
}

const TROUBLES: ReadonlySet<string> = new Set(['failed', 'waiting-for-address']);

function because(line: string, { problem }: ServiceOutcome): string {
  return problem === undefined ? line : `${line}: ${problem}`;
}

function isGoing({ engine, refusal }: Carriage, there: EngineName): boolean {
  return engine === there && refusal === undefined;
}

function cannotMove(label: string, from: string, to: string): string {
  return `Cannot move virtual server ${label} from ${from} to ${to}`;
}

function named({ label, several }: Subject, engine: EngineName): string {
  return several ? `${label} (${engine})` : label;
}
