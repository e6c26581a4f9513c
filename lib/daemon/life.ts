import type { Config } from '../config/config.ts';
import type { Director } from '../director/director.ts';
import type { ReloadOutcome } from '../director/plan.ts';
import { EXIT, type Launch } from '../instance/launch.ts';
import { removePidFile } from '../instance/pid-file.ts';
import type { Happening } from '../model/event.ts';
import type { Log } from '../model/log.ts';
import { reasonOf } from '../model/reason.ts';
import { TimeLimit } from '../model/time-limit.ts';
import { adoption } from './adoption.ts';
import { attach } from './attach.ts';
import { type Children, createChildren } from './children.ts';
import { type Closers, createClosers } from './closers.ts';
import type { ConfigFile } from './config-file.ts';
import { createEnding, type Ending } from './ending.ts';
import { keepEstate } from './estate.ts';
import { createFront, type Front } from './front.ts';
import { createHandover } from './handover.ts';
import { endPredecessor, endSuccessor, isInPlace } from './kin.ts';
import { leaveHungThreads } from './leave.ts';
import type { LogKeeper } from './log/keeper.ts';
import { migrationAdvice } from './migration.ts';
import { type Naming, openNaming } from './naming.ts';
import { createNotifier, type Notifier } from './notify.ts';
import type { Parts } from './parts.ts';
import { tellPassedSockets } from './passed.ts';
import { openPeering, type Peering } from './peering.ts';
import { createReloader, type Reloader } from './reloader.ts';
import type { Reporter } from './report.ts';
import { openRole } from './role.ts';
import type { Signals } from './signals.ts';
import { troubles } from './status.ts';
import { takeOver } from './take-over.ts';
import { watchConfig } from './watch.ts';
import { openWork } from './work.ts';

/** What a director begins its work with. */
export interface Beginning {
  readonly launch: Launch;
  readonly file: ConfigFile;
  readonly config: Config;
  readonly keeper: LogKeeper;
  readonly signals: Signals;
  readonly report: Reporter;
}

/** `start` waits no longer than this for services that are still starting. */
const READY_MS = 5_000;
/** And a successor so long: the director before it goes on meanwhile. */
const SUCCESSOR_MS = 10_000;
/** Whatever does not close within this is left to the end of the process. */
const CLOSE_MS = 12_000;

/** From the first check to the last: until a signal or a defect ends it.
 *  @returns the exit code */
export async function live(beginning: Beginning): Promise<number> {
  const { launch, report } = beginning;
  const { log } = beginning.keeper;
  const closers = createClosers(CLOSE_MS);
  const ending = createEnding();
  endOnDefect(ending, log);
  const notifier = createNotifier(log);
  const begun = begin(beginning, closers, ending, notifier).catch(
    async (error: unknown) => {
      const reason = reasonOf(error);
      const reasons = [`l4director: cannot start: ${reason}`];
      await report({ type: 'failed', exitCode: EXIT.failed, reasons });
      ending.ask({ why: `Cannot start: ${reason}`, exitCode: EXIT.failed });
    },
  );
  const { why, exitCode, leave } = await ending.asked;
  if (leave) await notifier.close();
  else if (isInPlace(launch)) notifier.stopping();
  await leave?.(ending.hurry);
  await report({ type: 'failed', exitCode: EXIT.failed, reasons: [why] });
  closers.add('start', () => begun);
  for (const what of await closers.close()) log.error(`Not closed in time: ${what}`);
  log.info(why);
  if (exitCode !== EXIT.done) log.info(`Exiting with exit_status ${exitCode}: ${why}`);
  removePidFile(launch.instance, process.pid);
  if (!leave) endSuccessor(launch);
  const isStopped = exitCode === EXIT.done && isInPlace(launch);
  if (leave ? ending.hurry.aborted : isStopped) endPredecessor(launch);
  await notifier.close();
  return exitCode;
}

/** Sets everything going, and reports when it is. Returns early when the end is asked for. */
async function begin(
  { launch, file, config, keeper, signals, report }: Beginning,
  closers: Closers,
  ending: Ending,
  notifier: Notifier,
): Promise<void> {
  const { log } = keeper;
  const another = launch.predecessor !== undefined;
  const work = await openWork(launch, config, log, closers, () => front.isSeen);
  const { overrides, store, elders, parts, heritage } = work;
  const { director, alerts, events, connectionLog } = parts;
  heedHungThreads(director, notifier);
  const role = await openRole(config, { launch, closers, log });
  const children = openChildren(launch, closers, ending, log);
  const ended = (outcome: ReloadOutcome) =>
    tellReload(outcome, { events, front, notifier, reloader });
  const naming = openNaming(director, { launch, closers, ending, log });
  const peering = openPeering(launch.instance, store, parts, log);
  closers.add('peers', () => peering.close());
  const seen = { parts, naming, peering, role, log };
  const adopt = adoption({ ...seen, children, keeper, front: () => front });
  const reloader = createReloader(config, { file, adopt, ended, log });
  const front = createFront(config, { ...seen, launch, reloader, heritage });
  const estate = keepEstate(launch, { director, children, heritage }, log);
  closers.add('socket for a successor', () => estate.close());
  const parties = { launch, reloader, director, heritage, overrides, naming, notifier };
  const handOver = createHandover({ ...parties, alerts, estate, front, ending, log });
  const logs = [keeper, connectionLog];
  attach(signals, { ending, reloader, logs, log, launch, handOver, notifier });
  closers.add('socket and page', () => front.close());
  ending.signal.addEventListener('abort', () => void retire(front, peering, ending));
  if (!another) await front.show();
  await ready({ director, naming, log }, config, another, ending.signal);
  if (ending.signal.aborted) return;
  if (another) await front.show();
  await takeOver({ ...parties, role, another, elders, children, ending, log });
  void peering.begin(reloader.config);
  advise(parts, another, log);
  await notifier.ready(serviceSummary(reloader));
  await report({ type: 'up', notices: await notices(keeper, director) });
  void children.converge(reloader.config.global.execute);
  keepWatch(closers, watchConfig(file, reloader, log, ending.signal));
}

/** Of `execute=`; a successor has them from the director before. */
function openChildren(
  { program, inherited }: Launch,
  closers: Closers,
  ending: Ending,
  log: Log,
): Children {
  const children = createChildren([...program, ...inherited], log);
  closers.add('children of execute', async () => {
    if (!ending.handedOver) await children.stop();
  });
  return children;
}

function keepWatch(closers: Closers, watching: Promise<void>): void {
  closers.add('watch of the config', () => watching);
}

/** What the log says at the start besides; a successor's was told what an upgrade takes. */
function advise({ director, sockets }: Parts, succeeds: boolean, log: Log): void {
  void tellPassedSockets(sockets, director, log);
  const advice = succeeds ? undefined : migrationAdvice(director.workers().length);
  if (advice !== undefined) log.info(advice);
}

/** Whoever hears of a reload's end. */
function tellReload(
  outcome: ReloadOutcome,
  { events, front, notifier, reloader }: Reloaded,
): void {
  events.tell(reloadEvent(outcome));
  front.reloaded(outcome);
  void notifier.ready(serviceSummary(reloader));
}

interface Reloaded {
  readonly events: Parts['events'];
  readonly front: Front;
  readonly notifier: Notifier;
  readonly reloader: Reloader;
}

/** What an operator is told at a start that has gone well. */
async function notices(
  { problem }: Pick<LogKeeper, 'problem'>,
  director: Director,
): Promise<readonly string[]> {
  return [...(problem === undefined ? [] : [problem]), ...(await troubles(director))];
}

/** What cannot be ended holds up neither systemd's watchdog nor the end. */
function heedHungThreads(director: Director, notifier: Notifier): void {
  const isHopeless = () => director.isHopeless;
  notifier.beatUnless(isHopeless);
  leaveHungThreads(isHopeless);
}

/** Who speaks to a director that has handed over would change what is the successor's by now. */
function retire(front: Front, peering: Peering, { handedOver }: Ending): Promise<void> {
  peering.stop();
  return handedOver ? front.close() : front.closePage();
}

/** Resolves when every service is at work, the wait is over, or the end was asked for.
 *  @throws Error where it succeeds another one: clients of a service that is late would be refused */
async function ready(
  { director, naming, log }: Readied,
  config: Config,
  succeeds: boolean,
  end: AbortSignal,
): Promise<void> {
  const patienceMs = succeeds ? SUCCESSOR_MS : READY_MS;
  using time = new TimeLimit(patienceMs, end);
  const limit = time.signal;
  const over = new Promise<void>((resolve) =>
    limit.addEventListener('abort', () => resolve(), { once: true }),
  );
  const applied = naming.apply(config).then(() => director.settled(limit));
  applied.catch((error: unknown) => log.error(`Cannot apply: ${String(error)}`));
  await Promise.race([applied, over]);
  const late = succeeds && !end.aborted ? director.starting() : [];
  if (late.length > 0)
    throw new Error(
      `still starting after ${patienceMs / 1000} s, so that clients would be refused: ${late.join(', ')}`,
    );
}

interface Readied {
  readonly director: Director;
  readonly naming: Naming;
  readonly log: Log;
}

function reloadEvent(outcome: ReloadOutcome): Happening {
  const reason = outcome.ok ? null : outcome.errors.join('\n');
  return { type: 'reload', ok: outcome.ok, reason };
}

/** For `systemctl status`. */
function serviceSummary({ config, configError }: Reloader): string {
  const count = config.virtuals.length;
  const services = `${count} virtual service${count === 1 ? '' : 's'}`;
  return configError === null
    ? services
    : `${services}; the last reload was refused, see configtest`;
}

/** After an error that nobody caught nothing is certain: it ends in order, and a supervisor
 *  may start it again. */
function endOnDefect(ending: Ending, log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error(`Defect: ${error.stack ?? error.message}`);
    ending.ask({ why: `Defect: ${error.message}`, exitCode: EXIT.usage });
  });
}
