import { type Alerts, createAlerts } from '../alerts/alerts.ts';
import type { OpenLineFile } from '../alerts/monitor-files.ts';
import { createAgentRunner } from '../checks/agents/runner.ts';
import { namesFairly } from '../checks/fair-lookup.ts';
import { createCheckRunner } from '../checks/runner.ts';
import type { Config } from '../config/config.ts';
import { trimBlanks } from '../config/values.ts';
import { createDirector, type DirectorParts } from '../director/create-director.ts';
import type { Director } from '../director/director.ts';
import { createEventLog, type WritableEventLog } from '../director/event-log.ts';
import type { Launch } from '../instance/launch.ts';
import { ctime } from '../model/ctime.ts';
import type { Heritage } from '../model/heritage.ts';
import type { Log } from '../model/log.ts';
import type { PassedSocket } from '../model/passed-socket.ts';
import type { Elders } from './elders.ts';
import { createEngines } from './engines.ts';
import { appendTo } from './log/append.ts';
import { type ConnectionLog, createConnectionLog } from './log/connection-log.ts';
import { takePassedSockets } from './passed.ts';

/** What does the work. */
export interface Parts {
  readonly director: Director;
  readonly events: WritableEventLog;
  /** To be closed last: the director's end is told of too. */
  readonly alerts: Alerts;
  readonly connectionLog: ConnectionLog;
  /** Those that the director was passed. */
  readonly sockets: readonly PassedSocket[];
  /** Of the engines that have any. */
  readonly heritages: readonly Heritage[];
  /** Ends the director, then the checks, then the connection log.
   *  @param quietly  as {@link Director.close} */
  close(quietly: boolean): Promise<void>;
}

const FLUSH_MS = 2_000;

/** Where a director stands. */
export interface Surroundings extends Pick<DirectorParts, 'overrides'> {
  readonly launch: Pick<Launch, 'instance' | 'predecessor' | 'sockets'>;
  readonly elders: Pick<Elders, 'sources'>;
}

/** Checks, engines, alerts and the director that joins them; nothing is at work yet. */
export async function openParts(
  config: Config,
  log: Log,
  { launch, overrides, elders }: Surroundings,
): Promise<Parts> {
  const instance = launch.instance.name;
  const predecessor = launch.predecessor?.pid;
  const sockets = await takePassedSockets(launch, log);
  const checks = createCheckRunner({ log });
  const agents = createAgentRunner(log);
  const { maxConnections, workers, workerTimeoutMs, flowtable } = config.options;
  const connectionLog = createConnectionLog(config.options.connectionsFile, log);
  const engines = createEngines({
    ...{ maxConnections, workers, workerTimeoutMs, flowtable },
    ...{ instance, connectionLog, predecessor, sockets },
  });
  const alerts = createAlerts({
    log,
    openFile: monitorFiles(log),
    lookup: namesFairly,
  });
  const events = createEventLog(Date.now);
  const director = createDirector({
    ...{ engines, checks, agents, alerts, overrides, events, log },
    elders: elders.sources,
  });
  return {
    director,
    events,
    alerts,
    connectionLog,
    sockets,
    heritages: [...engines.values()].flatMap(({ heritage }) => heritage ?? []),
    async close(quietly) {
      await director.close(quietly);
      await Promise.all([checks.close(), agents.close()]);
      if (!(await connectionLog.close(FLUSH_MS)))
        log.error('The connection log was not written to its end');
    },
  };
}

/** Blanks around the name do not count: that is Perl's doing. */
function monitorFiles(log: Log): OpenLineFile {
  return (path) =>
    appendTo(trimBlanks(path), {
      lost: (count, reason) =>
        `[${ctime(new Date())}] [${process.pid}] ${count} lines were dropped: ${reason}\n`,
      failing: (reason) =>
        log.error(`Error writing to monitorfile '${path}': ${reason}`),
    });
}
