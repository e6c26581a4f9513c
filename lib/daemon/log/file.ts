import { ctime } from '../../model/ctime.ts';
import { appendTo } from './append.ts';
import type { Destination } from './destination.ts';

/** A log file, lines as ldirectord writes them: `[DATE|INSTANCE|PID] MESSAGE`. Rotation needs no
 *  signal, as ldirectord opens it for every line and its logrotate snippet relies on that. */
export function fileDestination(path: string, instance: string): Destination {
  const shape = (message: string, at: Date): string =>
    `[${ctime(at)}|${instance}|${process.pid}] ${message}\n`;
  const file = appendTo(path, {
    lost: (count, reason) =>
      shape(`${count} log lines were dropped: ${reason}`, new Date()),
  });
  return {
    write: (message, at) => file.push(shape(message, at)),
    get dropped() {
      return file.dropped;
    },
    close: (timeoutMs) => file.close(timeoutMs),
  };
}
