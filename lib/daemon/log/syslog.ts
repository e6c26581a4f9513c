import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../../model/child-environment.ts';
import { facilityNamed } from '../../model/syslog.ts';
import type { AppendEvents, Appender } from './append.ts';
import type { Destination } from './destination.ts';
import { createLineQueue } from './line-queue.ts';

/** What syslog stands on here; a test puts its own in its place. */
export interface Syslog {
  /** logger(1): a name on PATH, or a path. */
  readonly logger: string;
  /** The socket that it writes to. */
  readonly socket: string;
  /** Before logger is started again; doubled each time it ends early. */
  readonly backOffMs: number;
}

export const SYSLOG: Syslog = {
  logger: 'logger',
  socket: '/dev/log',
  backOffMs: 1_000,
};

/** Why nothing can be sent to that facility, and how to mend it; undefined when it can.
 *  @param key  of the setting that names it */
export function syslogProblem(
  facility: string,
  syslog = SYSLOG,
  key = 'logfile',
): string | undefined {
  if (facilityNamed(facility) === undefined)
    return `${key} = "${facility}": expected a path or a syslog facility, as in "local0"`;
  if (!onPath(syslog.logger))
    return `${key} = "${facility}": there is no logger(1) to reach syslog through; install bsdutils`;
  if (!existsSync(syslog.socket))
    return `${key} = "${facility}": there is no ${syslog.socket}; start a syslog daemon and reload, or name a file`;
  return undefined;
}

/** Syslog with ldirectord's ident and level, through one long-lived logger(1): Node has no
 *  Unix datagrams. When it ends it is started again, later each time; lines wait meanwhile.
 *  @param facility  one that {@link syslogProblem} finds nothing against */
export function syslogDestination(facility: string, syslog = SYSLOG): Destination {
  const lost = (count: number, reason: string) =>
    `${count} log lines were dropped: ${reason}\n`;
  const lines = syslogLines(facility, lost, { syslog });
  return {
    write: (message) => lines.push(`${message}\n`),
    get dropped() {
      return lines.dropped;
    },
    close: (timeoutMs) => lines.close(timeoutMs),
  };
}

/** The same for many lines at once.
 *  @param lost  as {@link AppendEvents.lost} */
export function syslogLines(
  facility: string,
  lost: AppendEvents['lost'],
  {
    syslog = SYSLOG,
    limit,
  }: { readonly syslog?: Syslog; readonly limit?: number } = {},
): Appender {
  const logger = keptAlive(
    syslog.logger,
    ['-t', `ldirectord[${process.pid}]`, '-p', `${facilityNamed(facility)}.info`],
    syslog.backOffMs,
  );
  const queue = createLineQueue(logger.write, lost, limit);
  return {
    push: (text, count) => queue.push(text, count),
    get dropped() {
      return queue.dropped;
    },
    async close(timeoutMs) {
      const flushed = await queue.close(timeoutMs);
      await logger.end(timeoutMs);
      return flushed;
    },
  };
}

const LONGEST_BACK_OFF_MS = 60_000;
/** A child that lived so long was well. */
const WELL_AFTER_MS = 10_000;

interface KeptAlive {
  write(bytes: Buffer): Promise<number>;
  /** Closes its input and waits; past `timeoutMs` it is killed. */
  end(timeoutMs: number): Promise<void>;
}

/** A child that is fed on its standard input, started when there is something to say. */
function keptAlive(command: string, args: string[], backOffMs: number): KeptAlive {
  let child: ChildProcess | undefined;
  let waitMs = backOffMs;
  let notBefore = 0;
  let why = '';

  function start(): ChildProcess {
    const born = performance.now();
    if (born < notBefore) throw new Error(why);
    const started = spawn(command, args, {
      env: childEnvironment(),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const gone = (reason: string): void => {
      if (child !== started) return;
      child = undefined;
      why = `${command} ended: ${reason}`;
      const now = performance.now();
      waitMs = now - born > WELL_AFTER_MS ? backOffMs : waitMs * 2;
      notBefore = now + Math.min(waitMs, LONGEST_BACK_OFF_MS);
    };
    started.once('error', (error) => gone(error.message));
    started.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`));
    started.stdin?.on('error', () => {}); // its exit tells
    return started;
  }

  return {
    write(bytes) {
      child ??= start();
      const { stdin } = child;
      return new Promise((resolve, reject) => {
        // Without descriptors there is a child, and no pipe to it.
        if (!stdin) reject(new Error(why));
        else
          stdin.write(bytes, (error) =>
            error ? reject(error) : resolve(bytes.length),
          );
      });
    },
    async end(timeoutMs) {
      if (!child) return;
      const last = child;
      const exit = once(last, 'exit').catch(() => {});
      last.stdin?.end();
      const timer = setTimeout(() => last.kill('SIGKILL'), timeoutMs);
      await exit;
      clearTimeout(timer);
    },
  };
}

function onPath(command: string): boolean {
  const folders = command.includes('/') ? [''] : (process.env.PATH ?? '').split(':');
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
