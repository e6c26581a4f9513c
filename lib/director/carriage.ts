import type { ServiceOutcome } from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import type { EngineName } from '../model/virtual-service.ts';

/** How a service is carried: by which engine, and what that engine says about it. */
export interface Carriage {
  readonly engine: EngineName;
  /** Why no engine carries it; it is checked all the same. */
  readonly refusal: string | undefined;
  /** The engine's last word; undefined: it has not spoken yet. */
  readonly outcome: ServiceOutcome | undefined;
}

/** Logs one line when what the engine says of a service has changed.
 *  @param label  the service as log lines name it */
export function logOutcome(
  log: Log,
  label: string,
  before: ServiceOutcome | undefined,
  after: ServiceOutcome,
): void {
  if (before?.state === after.state && before.problem === after.problem) return;
  const detail = after.problem === undefined ? '' : `: ${after.problem}`;
  switch (after.state) {
    case 'failed':
      log.error(`Cannot carry virtual server ${label}${detail}`);
      return;
    case 'waiting-for-address':
      log.warn(`Waiting for the address of virtual server ${label}${detail}`);
      return;
    case 'carried':
    case 'idle':
      if (before?.state === 'failed' || before?.state === 'waiting-for-address')
        log.info(`Carrying virtual server ${label} (mended: ${before.problem ?? ''})`);
      return;
    default:
      after.state satisfies never;
  }
}
