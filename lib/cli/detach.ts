import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instance } from '../instance/instance.ts';
import { EXIT, type Launch, type StartReport } from '../instance/launch.ts';
import { passOn } from '../instance/passed-descriptors.ts';
import { presence } from '../instance/pid-file.ts';
import type { CommandLine } from './command-line.ts';
import type { Context } from './context.ts';
import type { Guise } from './give-up-root.ts';

/** Tells the detached process that it is one. */
const MARK = 'L4DIRECTOR_DETACHED';

/** The director reports after 5 s at the latest; the rest is for a busy machine. */
const REPORT_WITHIN_MS = 30_000;
/** For one that failed to end. */
const LEAVE_MS = 5_000;

/** Whether this process is the detached one. Asked once: what it starts is not. */
export function wasDetached(): boolean {
  const marked = process.env[MARK] !== undefined && process.send !== undefined;
  delete process.env[MARK];
  return marked;
}

/** Starts the director in a session of its own and waits for its report. It is left running
 *  when it does not report in time.
 *  @param guise  as whom; default: as this process */
export async function detach(
  context: Context,
  launch: Launch,
  { words, env }: Pick<Guise, 'words' | 'env'> = { words: [], env: process.env },
): Promise<number> {
  const command = [...words, ...launch.program, ...startArguments(context.line)];
  const [file = '', ...rest] = command;
  const { sockets = [] } = launch;
  const child = spawn(file, rest, {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', ...sockets, 'ipc'],
    env: { ...env, ...passOn(sockets), [MARK]: '1' },
  });
  const gone = once(child, 'exit').catch(() => {}); // an error is in the report
  const report = await firstReport(child);
  if (child.connected) child.disconnect();
  // One that failed is not left behind for pgrep to find.
  if (report.type !== 'up') await Promise.race([gone, delay(LEAVE_MS)]);
  return conclude(context, launch.instance, report);
}

/** Config and action come right behind the program's path, where the agent expects them. */
export function startArguments(
  line: Pick<CommandLine, 'config' | 'configGiven' | 'ini' | 'runtimeDir'>,
): readonly string[] {
  const config = line.configGiven ? [line.config] : [];
  const options = [
    ['--ini', line.ini],
    ['--runtime-dir', line.runtimeDir],
  ] as const;
  const given = options.flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
  const dashed = line.config.startsWith('-') ? ['--'] : [];
  return dashed.length > 0
    ? [...given, ...dashed, ...config, 'start']
    : [...config, 'start', ...given];
}

function firstReport(child: ChildProcess): Promise<StartReport> {
  return new Promise((resolve) => {
    const settle = (report: StartReport): void => {
      clearTimeout(timer);
      resolve(report);
    };
    const failed = (reason: string): void =>
      settle({
        type: 'failed',
        exitCode: EXIT.failed,
        reasons: [`l4director: ${reason}; see its log`],
      });
    const timer = setTimeout(
      () => failed(`pid ${child.pid} has not reported in time`),
      REPORT_WITHIN_MS,
    );
    child.once('message', (message) => settle(message as StartReport));
    child.once('error', (error) => failed(error.message));
    // Its end may be known before its last words are read.
    const gone = once(child, 'exit');
    const silent = once(child, 'disconnect');
    Promise.all([gone, silent]).then(
      ([[code, signal]]) =>
        failed(`it ended before it was at work (${signal ?? `exit code ${code}`})`),
      () => {}, // told by 'error'
    );
  });
}

async function conclude(
  context: Context,
  instance: Instance,
  report: StartReport,
): Promise<number> {
  switch (report.type) {
    case 'up':
      report.notices.forEach(context.err);
      return EXIT.done;
    case 'already':
      return (await appears(instance)) ? EXIT.done : heldElsewhere(context, report.pid);
    case 'failed':
      report.reasons.forEach(context.err);
      return report.exitCode;
  }
}

/** Waits for the quicker one's pid file, so that a `status` right after this start is right. */
async function appears(instance: Instance): Promise<boolean> {
  const deadline = performance.now() + 5_000;
  while (presence(instance).state !== 'running') {
    if (performance.now() >= deadline) return false;
    await delay(50);
  }
  return true;
}

function heldElsewhere({ line, err }: Context, pid: number): number {
  err(`l4director: pid ${pid} serves ${line.config} in the foreground; end it first`);
  return EXIT.failed;
}
