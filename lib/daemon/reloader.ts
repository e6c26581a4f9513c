import type { Config, Diagnostic } from '../config/config.ts';
import { formatDiagnostic } from '../config/config.ts';
import { planOf, type ReloadOutcome } from '../director/plan.ts';
import type { Log } from '../model/log.ts';
import { reasonOf } from '../model/reason.ts';
import type { ConfigFile } from './config-file.ts';

/** Which config is in force, and how another takes its place. */
export interface Reloader {
  readonly config: Config;
  /** Why the last reload was refused, one error a line; null when the file is in force. */
  readonly configError: string | null;
  /** How often a reload was asked for, be it over or not. */
  readonly asked: number;
  /** All or nothing: a bad file leaves everything in force. Asked again while at it, it is
   *  done once more afterwards, and that is what all hear of. Never rejects. */
  reload(): Promise<ReloadOutcome>;
  /** What that would do. Never rejects. */
  plan(): Promise<ReloadOutcome>;
}

/** What a reloader works with. */
export interface ReloaderParties {
  readonly file: Pick<ConfigFile, 'read' | 'peek'>;
  /** Puts a good config in force; may reject, and then the old one counts. */
  adopt(next: Config, before: Config): Promise<void>;
  /** Hears of every reload's end. */
  ended(outcome: ReloadOutcome): void;
  readonly log: Log;
}

/** @param first  in force already */
export function createReloader(first: Config, parties: ReloaderParties): Reloader {
  const { file, adopt, ended, log } = parties;
  let config = first;
  let configError: string | null = null;
  let running: Promise<ReloadOutcome> | undefined;
  let asked = 0;

  function refuse(...errors: readonly string[]): ReloadOutcome {
    configError = errors.join('\n');
    log.error('The configuration in force stays as it was');
    return { ok: false, errors };
  }

  async function once(): Promise<ReloadOutcome> {
    const result = await readAloud(file, log);
    if (!result.ok) return refuse(...result.errors.map(formatDiagnostic));
    const done = planned(config, result.config);
    await adopt(result.config, config);
    config = result.config;
    configError = null;
    return done;
  }

  async function repeat(): Promise<ReloadOutcome> {
    let outcome: ReloadOutcome;
    let before: number;
    do {
      before = asked;
      outcome = await once().catch((error: unknown) => {
        log.error(`Reload failed: ${reasonOf(error)}`);
        return refuse(reasonOf(error));
      });
      ended(outcome);
    } while (asked > before);
    running = undefined;
    return outcome;
  }

  return {
    get config() {
      return config;
    },
    get configError() {
      return configError;
    },
    get asked() {
      return asked;
    },
    reload() {
      asked++;
      running ??= repeat();
      return running;
    },
    plan: () => plan(config, file),
  };
}

/** What it finds is logged. */
async function readAloud(
  file: ReloaderParties['file'],
  log: Log,
): ReturnType<ConfigFile['read']> {
  const result = await file.read();
  logDiagnostics(log, result.ok ? result.config.warnings : result.warnings);
  if (!result.ok) logDiagnostics(log, result.errors);
  return result;
}

async function plan(
  before: Config,
  file: Pick<ConfigFile, 'peek'>,
): Promise<ReloadOutcome> {
  try {
    const result = await file.peek();
    if (result.ok) return planned(before, result.config);
    return { ok: false, errors: result.errors.map(formatDiagnostic) };
  } catch (error) {
    return { ok: false, errors: [reasonOf(error)] };
  }
}

function planned(before: Config, next: Config): ReloadOutcome {
  const warnings = next.warnings.map(formatDiagnostic);
  return { ok: true, changes: planOf(before, next), warnings };
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
