import type { ControlOptions } from '../control/index.ts';
import type { DaemonLog } from './log/log.ts';
import type { Parts } from './parts.ts';
import type { Reloader } from './reloader.ts';

interface Measured {
  readonly reloader: Pick<Reloader, 'config'>;
  /** By how they ended. */
  readonly reloads: Readonly<Record<'ok' | 'refused', number>>;
  readonly log: Pick<DaemonLog, 'dropped'>;
}

/** What `/metrics` has beside the status, and how. */
export function measured(
  { director, connectionLog }: Pick<Parts, 'director' | 'connectionLog'>,
  { reloader, reloads, log }: Measured,
): Pick<ControlOptions, 'metrics' | 'haproxyNames'> {
  return {
    haproxyNames: () => reloader.config.options.haproxyNames,
    metrics: () => ({
      engines: director.engineWork(),
      reloads,
      droppedLines: { director: log.dropped, connections: connectionLog.dropped },
    }),
  };
}
