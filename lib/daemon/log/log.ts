import { pino } from 'pino';
import type { Log } from '../../model/log.ts';
import type { Destination } from './destination.ts';
import { LeftPlaces } from './left-places.ts';

/** The director's log, and what its owner may do with it. */
export interface DaemonLog extends Log {
  /** Later lines go there; what waits for the old one is still written. */
  redirect(destination: Destination): void;
  /** Lines that were dropped since the start, wherever they were to go. */
  readonly dropped: number;
  /** Flushes. @returns false when a write is stuck after `timeoutMs` */
  close(timeoutMs: number): Promise<boolean>;
}

/** Lines go through pino, which levels and serialises them, into whatever destination is
 *  current.
 *  @param debug  debug lines are shown, as `DEBUG: ...` */
export function createLog(first: Destination, debug: boolean): DaemonLog {
  let destination = first;
  const left = new LeftPlaces();
  const logger = pino(
    { level: debug ? 'debug' : 'info', base: null },
    {
      write(json: string) {
        const { level, time, msg } = JSON.parse(json) as PinoLine;
        const prefix = level < INFO ? 'DEBUG: ' : '';
        destination.write(prefix + oneLine(msg), new Date(time));
      },
    },
  );
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    get dropped() {
      return left.dropped + destination.dropped;
    },
    redirect(next) {
      left.leave(destination);
      destination = next;
    },
    async close(timeoutMs) {
      const flushed = await Promise.all([left.closed(), destination.close(timeoutMs)]);
      return flushed.every(Boolean);
    },
  };
}

/** pino's number. */
const INFO = 30;

interface PinoLine {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
}

/** Whatever came from outside (a server's answer, a stack) stays one line, and leaves the terminal of its reader
 *  alone. Beyond ASCII nothing is replaced: what the config has in another encoding is written byte by byte. */
function oneLine(message: string): string {
  return message
    .trimEnd()
    .replace(/\s*[\r\n]+\s*/g, ' | ')
    .replace(
      CONTROL,
      (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}

/** But for a tab. */
const CONTROL = /(?![\t\u0080-\u009f])\p{Cc}/gu;
