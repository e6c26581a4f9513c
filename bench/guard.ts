import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupPrefix } from './cgroup.ts';

/** Runs in a session of its own until its stdin closes, which the kernel does for us even after
 *  kill -9. A control group goes once its last process has. */
const SCRIPT = `cat >/dev/null
folder=$1 groups=$2
gone() {
  [ ! -e "$folder" ] && { [ -z "$groups" ] || ! ls -d "$groups"* >/dev/null 2>&1; }
}
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  rm -rf "$folder"
  [ -z "$groups" ] || rmdir "$groups"* 2>/dev/null
  gone && exit
  sleep 0.2
done`;

/** What a run leaves outside of its processes: a temporary folder, and control groups. They are
 *  removed when this is disposed, and when the process ends in any other way. */
export class Guard implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'l4director-bench-'));
  readonly #process: ChildProcess;

  constructor() {
    const args = ['-c', SCRIPT, 'guard', this.folder, groupPrefix() ?? ''];
    this.#process = spawn('/bin/sh', args, {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await ended;
  }
}
