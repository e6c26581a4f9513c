import type { Log } from '../../model/log.ts';
import { facilityNamed } from '../../model/syslog.ts';
import { within } from '../../model/within.ts';
import type { HaConfig } from '../config/ha-config.ts';
import { type Level, logLine, said } from './log-line.ts';
import { LogFile, type LogSink, Syslog } from './log-sink.ts';

/** Lines that wait for a disk or a syslog that takes none. */
const LIMIT = 5000;
const CLOSE_MS = 1000;

export interface NodeLog extends Log {
  write(level: Level, text: string): void;
  /** Waits until all is written, a second at most. */
  close(): Promise<void>;
}

type LogConfig = Pick<HaConfig, 'logfile' | 'debugfile' | 'logfacility'>;

/** Writes to the files and to syslog as ha.cf says, and nobody waits for it. Where ha.cf names neither, it is
 *  the facility `daemon`. */
export function openLog(config: LogConfig, node: string): NodeLog {
  const files = [...new Set([config.logfile, config.debugfile])]
    .filter((file) => file !== undefined)
    .map((file) => new Batches(new LogFile(file)));
  const facility = facilityOf(config);
  const syslog = facility === undefined ? undefined : new Batches(new Syslog(facility));
  const all = syslog ? [...files, syslog] : files;
  const write = (level: Level, text: string): void => {
    for (const file of files) file.push(logLine(new Date(), node, level, text));
    syslog?.push(`${said(level, text)}\n`);
  };
  return {
    write,
    debug: () => {},
    info: (text) => write('info', text),
    warn: (text) => write('warn', text),
    error: (text) => write('error', text),
    close: async () => {
      const done = Promise.all(all.map((batches) => batches.end()));
      await within<unknown>(CLOSE_MS, done, () => {});
      for (const batches of all) batches.kill();
    },
  };
}

function facilityOf({ logfile, debugfile, logfacility }: LogConfig) {
  if (logfacility !== undefined) return facilityNamed(logfacility);
  return logfile === undefined && debugfile === undefined ? 'daemon' : undefined;
}

/** Lines that are written together while one write runs, in their order. What fails is lost: a log is no
 *  reason to stop. */
class Batches {
  readonly #sink: LogSink;
  #lines: string[] = [];
  #running: Promise<void> | undefined;

  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  async end(): Promise<void> {
    await this.#running;
    await this.#sink.end().catch(() => {});
  }

  kill(): void {
    this.#sink.kill();
  }

  push(line: string): void {
    if (this.#lines.length < LIMIT) this.#lines.push(line);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#lines.length > 0)
      await this.#sink.put(this.#lines.splice(0).join('')).catch(() => {});
    this.#running = undefined;
  }
}
