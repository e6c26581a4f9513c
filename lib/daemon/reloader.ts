import type { Config, Diagnostic, ReadResult } from '../config/config.ts';
import { formatDiagnostic } from '../config/config.ts';
import type { Log } from '../model/log.ts';

/** Which config is in force, and how another takes its place. */
export interface Reloader {
  readonly config: Config;
  /** Why the last reload was refused, one error a line; null when the file is in force. */
  readonly configError: string | null;
  /** All or nothing: a bad file leaves everything in force. Asked again while at it, it is
   *  done once more afterwards. Never rejects. */
  reload(): Promise<void>;
}

/** @param first  in force already
 *  @param adopt  puts a good one in force; may reject, and then the old one counts */
export function createReloader(
  first: Config,
  read: () => Promise<ReadResult>,
  adopt: (next: Config) => Promise<void>,
  log: Log,
): Reloader {
  let config = first;
  let configError: string | null = null;
  let running: Promise<void> | undefined;
  let again = false;

  function refuse(reason: string): void {
    configError = reason;
    log.error('The configuration in force stays as it was');
  }

  async function once(): Promise<void> {
    const result = await read();
    logDiagnostics(log, result.ok ? result.config.warnings : result.warnings);
    if (!result.ok) {
      logDiagnostics(log, result.errors);
      refuse(result.errors.map(formatDiagnostic).join('\n'));
      return;
    }
    await adopt(result.config);
    config = result.config;
    configError = null;
  }

  async function repeat(): Promise<void> {
    do {
      again = false;
      await once().catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        log.error(`Reload failed: ${reason}`);
        refuse(reason);
      });
    } while (again);
    running = undefined;
  }

  return {
    get config() {
      return config;
    },
    get configError() {
      return configError;
    },
    reload() {
      again = running !== undefined;
      running ??= repeat();
      return running;
    },
  };
}

/** Findings as ldirectord logs them: `Error [PID] reading file PATH at line N: TEXT`. */
export function logDiagnostics(log: Log, found: readonly Diagnostic[]): void {
  for (const { file, line, severity, message } of found) {
    const kind = severity === 'error' ? 'Error' : 'Warning';
    const place = line > 0 ? ` at line ${line}` : '';
    log[severity === 'error' ? 'error' : 'warn'](
      `${kind} [${process.pid}] reading file ${file}${place}: ${message}`,
    );
  }
}
