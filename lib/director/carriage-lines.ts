import type { ServiceOutcome } from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import type { EngineName } from '../model/virtual-service.ts';
import { type Carriage, carrier } from './carriage.ts';

/** What the log says of a service that is new or was reloaded.
 *  @param label  the service as log lines name it
 *  @param before undefined: it is new */
export function logChoice(
  log: Log,
  label: string,
  before: Carriage | undefined,
  after: Carriage,
): void {
  const { engine, reason, refusal } = after;
  const from = carrier(after);
  const moves = from !== engine;
  if (refusal !== undefined)
    log.warn(
      `${moves ? cannotMove(label, from, engine) : notCarried(label)}: ${refusal}`,
    );
  else log.info(`${before ? 'Changed' : 'Added'} virtual server: ${label}`);
  if (refusal !== undefined) return;
  // Nothing to tell of where a new service has the engine that all have.
  const known = before ? isGoing(before, engine) : reason === 'engine = net';
  if (known) return;
  const what = moves
    ? `Moving virtual server ${label} from ${from} to`
    : `Engine of virtual server ${label}:`;
  log.info(`${what} ${engine} (${reason})`);
}

/** Logs one line when what an engine says of a service has changed, or has moved it. */
export function logOutcome(
  log: Log,
  label: string,
  before: Carriage,
  after: Carriage,
): void {
  const { engine, outcome } = after;
  const was = before.outcome;
  if (!outcome || (was?.state === outcome.state && was.problem === outcome.problem))
    return;
  switch (outcome.state) {
    case 'failed':
      log.error(trouble('Cannot carry', label, after, outcome));
      return;
    case 'waiting-for-address':
      log.warn(trouble('Waiting for the address of', label, after, outcome));
      return;
    case 'carried':
    case 'idle':
      if (before.leaving)
        log.info(
          `Moved virtual server ${label} from ${before.leaving.engine} to ${engine}`,
        );
      else if (was && TROUBLES.has(was.state))
        log.info(`Carrying virtual server ${label} (mended: ${was.problem ?? ''})`);
      return;
    default:
      outcome.state satisfies never;
  }
}

const TROUBLES: ReadonlySet<string> = new Set(['failed', 'waiting-for-address']);

function trouble(
  what: string,
  label: string,
  { engine, leaving }: Carriage,
  { problem }: ServiceOutcome,
): string {
  const line = leaving
    ? cannotMove(label, leaving.engine, engine)
    : `${what} virtual server ${label}`;
  return problem === undefined ? line : `${line}: ${problem}`;
}

function isGoing({ engine, refusal }: Carriage, there: EngineName): boolean {
  return engine === there && refusal === undefined;
}

function cannotMove(label: string, from: string, to: string): string {
  return `Cannot move virtual server ${label} from ${from} to ${to}`;
}

function notCarried(label: string): string {
  return `Not carried: virtual server ${label}`;
}
