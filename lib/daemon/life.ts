import type { Config } from '../config/config.ts';
import { createControlServer } from '../control/index.ts';
import type { Director } from '../director/director.ts';
import type { ReloadOutcome } from '../director/plan.ts';
import { EXIT, type Launch } from '../instance/launch.ts';
import { removePidFile, writePidFile } from '../instance/pid-file.ts';
import type { Log } from '../model/log.ts';
import { openOverrideFile } from '../state/override-store.ts';
import { createChildren } from './children.ts';
import { type Closers, createClosers } from './closers.ts';
import type { ConfigFile } from './config-file.ts';
import { createEnding, type Ending } from './ending.ts';
import type { LogKeeper } from './log/keeper.ts';
import { openParts } from './parts.ts';
import { createReloader, type Reloader } from './reloader.ts';
import type { Reporter } from './report.ts';
import type { Signals } from './signals.ts';
import { statusDocument, troubles } from './status.ts';
import { watchConfig } from './watch.ts';
import { keepWeb } from './web.ts';

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
  const begun = begin(beginning, closers, ending).catch(async (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const reasons = [`l4director: cannot start: ${reason}`];
    await report({ type: 'failed', exitCode: EXIT.failed, reasons });
    ending.ask({ why: `Cannot start: ${reason}`, exitCode: EXIT.failed });
  });
  const { why, exitCode } = await ending.asked;
  await report({ type: 'failed', exitCode: EXIT.failed, reasons: [why] });
  closers.add('start', () => begun);
  for (const what of await closers.close()) log.error(`Not closed in time: ${what}`);
  log.info(why);
  if (exitCode !== EXIT.done) log.info(`Exiting with exit_status ${exitCode}: ${why}`);
  removePidFile(launch.instance, process.pid);
  return exitCode;
}

/** Sets everything going, and reports when it is. Returns early when the end is asked for. */
async function begin(
  { launch, file, config, keeper, signals, report }: Beginning,
  closers: Closers,
  ending: Ending,
): Promise<void> {
  const { log } = keeper;
  const { name, state } = launch.instance;
  const overrides = await openOverrideFile(state, log);
  closers.add('what was changed at run time', () => overrides.close());
  const parts = openParts(config, log, name, overrides);
  const { director, alerts, events, connectionLog, close } = parts;
  closers.add('alerts', () => alerts.close());
  closers.add('virtual services', close);
  const children = createChildren([...launch.program, ...launch.inherited], log);
  closers.add('children of execute', () => children.stop());
  const ended = (outcome: ReloadOutcome) => {
    const reason = outcome.ok ? null : outcome.errors.join('\n');
    events.tell({ type: 'reload', ok: outcome.ok, reason });
  };
  const reloader = createReloader(config, { file, adopt, ended, log });
  attach(signals, ending, reloader, [keeper, connectionLog], log, launch);
  const status = (checks: number) => statusDocument(reloader, director, alerts, checks);
  const control = await createControlServer({
    path: launch.instance.socket,
    status,
    desk: director.desk,
    reload: () => reloader.reload(),
    plan: () => reloader.plan(),
    ...socketOptions(config),
    log,
  });
  closers.add('control socket', () => control.close());
  const web = keepWeb({ status, desk: director.desk, log });
  closers.add('web page', () => web.close());
  if (launch.mode === 'daemon' || launch.mode === 'foreground')
    writePidFile(launch.instance, process.pid);

  async function adopt(next: Config): Promise<void> {
    await director.apply(next);
    await web.follow(next.options.web);
    keeper.follow(next.global.logfile);
    connectionLog.follow(next.options.connectionsFile);
    for (const key of changedForTheNextStart(reloader.config, next))
      log.warn(`${key} has changed: it holds from the next start on`);
    void children.converge(next.global.execute);
  }

  await web.follow(config.options.web);
  await ready(director, config, ending.signal, log);
  if (ending.signal.aborted) return;
  const unlogged = keeper.problem === undefined ? [] : [keeper.problem];
  await report({ type: 'up', notices: [...unlogged, ...(await troubles(director))] });
  void children.converge(reloader.config.global.execute);
  const watching = watchConfig(file, reloader, log, ending.signal);
  closers.add('watch of the config', () => watching);
}

function socketOptions({ options }: Config) {
  const { maxConnections, mode, group, readOnlySocket, readOnlyMode } = options;
  const readOnly =
    readOnlySocket === undefined
      ? undefined
      : { path: readOnlySocket, mode: readOnlyMode };
  return { maxConnections, access: { mode, group }, readOnly };
}

/** Keys of the ini that are told once. */
function changedForTheNextStart(
  { options: before }: Config,
  { options: after }: Config,
): readonly string[] {
  const keys = {
    '[limits] connections': before.maxConnections !== after.maxConnections,
    '[net] workers': before.workers !== after.workers,
    '[nftables] flowtable': String(before.flowtable) !== String(after.flowtable),
    '[control] mode': before.mode !== after.mode,
    '[control] group': before.group !== after.group,
    '[control] read-only-socket': before.readOnlySocket !== after.readOnlySocket,
    '[control] read-only-mode': before.readOnlyMode !== after.readOnlyMode,
  };
  return Object.entries(keys).flatMap(([key, changed]) => (changed ? [key] : []));
}

/** Resolves when every service is at work, the wait is over, or the end was asked for. */
async function ready(
  director: Director,
  config: Config,
  end: AbortSignal,
  log: Log,
): Promise<void> {
  const limit = AbortSignal.any([AbortSignal.timeout(READY_MS), end]);
  const over = new Promise<void>((resolve) =>
    limit.addEventListener('abort', () => resolve(), { once: true }),
  );
  const applied = director.apply(config).then(() => director.settled(limit));
  applied.catch((error: unknown) => log.error(`Cannot apply: ${String(error)}`));
  await Promise.race([applied, over]);
}

function attach(
  signals: Signals,
  ending: Ending,
  reloader: Reloader,
  logs: readonly { reopen(): void }[],
  log: Log,
  launch: Launch,
): void {
  const wishes = {
    stop: (signal: string) => {
      const why = `Linux Director Daemon terminated on signal: ${signal}`;
      if (!ending.ask({ why, exitCode: EXIT.done })) endAtOnce(launch);
    },
    reload: () => {
      log.info('Reloading Linux Director Daemon config on signal');
      void reloader.reload();
    },
    reopen: () => {
      for (const one of logs) one.reopen();
    },
    nothing: () => {},
  };
  signals.attach((wish, signal) => wishes[wish](signal));
}

/** A second signal: no clean-up, as with ldirectord, but for the pid file. */
function endAtOnce({ instance }: Launch): never {
  removePidFile(instance, process.pid);
  process.exit(EXIT.usage);
}

/** After an error that nobody caught nothing is certain: it ends in order, and a supervisor
 *  may start it again. */
function endOnDefect(ending: Ending, log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error(`Defect: ${error.stack ?? error.message}`);
    ending.ask({ why: `Defect: ${error.message}`, exitCode: EXIT.usage });
  });
}
