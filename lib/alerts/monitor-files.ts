/** A file to which lines are appended, followed over rotation. */
export interface LineFile {
  /** Returns at once. @param line  with its newline */
  push(line: string): void;
  /** Flushes. @returns false when a write is stuck after `timeoutMs` */
  close(timeoutMs: number): Promise<boolean>;
}

/** Opens such a file; nothing is written before the first line. */
export type OpenLineFile = (path: string) => LineFile;

/** The monitor files of all services: one open file a path, whoever shares it. */
export interface MonitorFiles {
  write(path: string, line: string): void;
  /** Closes files that no service names any more. */
  keepOnly(paths: ReadonlySet<string>): void;
  close(timeoutMs: number): Promise<void>;
}

/** For a file that is no longer named. */
const LEAVE_MS = 5_000;

export function createMonitorFiles(open: OpenLineFile): MonitorFiles {
  const files = new Map<string, LineFile>();
  const leaving = new Set<Promise<unknown>>();

  function leave(path: string, file: LineFile, timeoutMs: number): void {
    files.delete(path);
    const left = file.close(timeoutMs).finally(() => leaving.delete(left));
    leaving.add(left);
  }

  return {
    write(path, line) {
      const file = files.get(path) ?? open(path);
      files.set(path, file);
      file.push(line);
    },
    keepOnly(paths) {
      for (const [path, file] of files)
        if (!paths.has(path)) leave(path, file, LEAVE_MS);
    },
    async close(timeoutMs) {
      for (const [path, file] of files) leave(path, file, timeoutMs);
      await Promise.all(leaving);
    },
  };
}
