import type { Log } from '../../lib/model/log.ts';

/** A log that keeps its lines, and can be waited on. */
export interface RecordingLog extends Log {
  readonly lines: readonly string[];
  /** The first line since the last take() that matches, also of those to come. */
  saw(pattern: RegExp): Promise<string>;
  /** The lines since the last call. */
  take(): readonly string[];
}

export function recordingLog(): RecordingLog {
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  let taken = 0;
  const write = (line: string) => {
    lines.push(line);
    for (const look of [...waiting]) look(line);
  };
  return {
    lines,
    debug() {},
    info: write,
    warn: write,
    error: write,
    saw(pattern) {
      const known = lines.slice(taken).find((line) => pattern.test(line));
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => {
        const look = (line: string) => {
          if (!pattern.test(line)) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
      });
    },
    take() {
      const fresh = lines.slice(taken);
      taken = lines.length;
      return fresh;
    },
  };
}
