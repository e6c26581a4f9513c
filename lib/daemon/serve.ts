import { type Config, formatDiagnostic } from '../config/config.ts';
import { leftBeside } from '../instance/beside.ts';
import { EXIT, type Launch, type StartReport } from '../instance/launch.ts';
import { takeLock } from '../instance/lock.ts';
import type { ProcessIdentity } from '../instance/process.ts';
import { ownRights, type Rights } from '../instance/rights.ts';
import { successorLock } from '../instance/succession.ts';
import type { Log } from '../model/log.ts';
import { version } from '../model/version.ts';
import { openConfigFile } from './config-file.ts';
import { gaveUpRoot } from './lacking-rights.ts';
import { leaveLookUps } from './leave.ts';
import { live } from './life.ts';
import { keepLog } from './log/keeper.ts';
import { logDiagnostics } from './reloader.ts';
import type { Reporter } from './report.ts';
import type { Signals } from './signals.ts';

const FLUSH_MS = 2_000;

/** A director's life from its lock to its last log line.
 *  @param known  the config, where it has been read just now
 *  @returns      the exit code */
export async function serve(
  given: Launch,
  signals: Signals,
  report: Reporter,
  known?: Config,
): Promise<number> {
  const { instance, predecessor } = given;
  const stem = predecessor ? successorLock(instance) : instance.lock;
  const lock = takeLock(stem, predecessor);
  if (!lock.taken) return report(taken(lock.holder.pid, predecessor !== undefined));
  const launch = predecessor
    ? given
    : { ...given, elders: leftBeside(instance.socket) };
  const file = openConfigFile(launch, known);
  const first = await file.read();
  if (!first.ok) {
    const reasons = first.errors.map(formatDiagnostic);
    return report({ type: 'failed', exitCode: EXIT.badConfig, reasons });
  }
  const { config } = first;
  process.chdir('/'); // all paths are absolute by now
  const keeper = keepLog(launch.mode, launch.instance.name, config.global.logfile);
  greet(keeper.log, launch, config);
  let exitCode: number;
  try {
    exitCode = await live({ launch, file, config, keeper, signals, report });
  } finally {
    // A disk or a reader that hangs would keep even exit() waiting.
    if (!(await keeper.log.close(FLUSH_MS))) process.kill(process.pid, 'SIGKILL');
  }
  // In the foreground somebody waits for the exit code.
  if (launch.mode === 'daemon' && exitCode === EXIT.done) leaveLookUps();
  return exitCode;
}

/** By another director, or by another one that is to succeed the same. */
function taken(pid: number, succeeds: boolean): StartReport {
  if (!succeeds) return { type: 'already', pid };
  const reasons = [`pid ${pid} is taking its place already`];
  return { type: 'failed', exitCode: EXIT.failed, reasons };
}

function greet(
  log: Log,
  { mode, invocation, predecessor, elders = [] }: Launch,
  config: Config,
): void {
  log.info(`Invoking ldirectord invoked as: ${invocation}`);
  const how = mode === 'daemon' ? 'as daemon' : `with pid: ${process.pid}`;
  log.info(`Starting Linux Director (l4director ${version()}) ${how}`);
  const rights = ownRights();
  if (gaveUpRoot(config, rights)) log.info(rightsLine(rights));
  if (!predecessor && elders.length > 0)
    log.info(
      `What is open at ${pidsOf(elders)}, handed over to one that has ended, goes on`,
    );
  logDiagnostics(log, config.warnings);
}

function pidsOf(directors: readonly ProcessIdentity[]): string {
  return directors.map(({ pid }) => `pid ${pid}`).join(', ');
}

function rightsLine({ user, uid, capabilities }: Rights): string {
  return `Running as ${user} (uid ${uid}), with ${capabilities.join(', ') || 'no rights of root'}`;
}
