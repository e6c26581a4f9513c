import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupPrefix } from './cgroup.ts';
import { NAMESPACES } from './namespaces.ts';

/** Runs in a session of its own until its stdin closes, which the kernel does for us even after
 *  kill -9. A control group goes once its last process has; what still runs in a namespace is ended. */
const SCRIPT = `cat >/dev/null
folder=$1 groups=$2 namespaces=$3
some() { ls -d "$1"* >/dev/null 2>&1; }
gone() {
  [ ! -e "$folder" ] && ! some "$namespaces" && { [ -z "$groups" ] || ! some "$groups"; }
}
remove_namespaces() {
  for name in $(ls -d "$namespaces"* 2>/dev/null); do
    for pid in $(ip netns pids "\${name##*/}" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
    ip netns delete "\${name##*/}" 2>/dev/null
  done
}
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  rm -rf "$folder"
  [ -z "$groups" ] || rmdir "$groups"* 2>/dev/null
  remove_namespaces
  gone && exit
  sleep 0.2
done`;

/** What a run leaves outside of its processes: a temporary folder, control groups, and network
 *  namespaces. They are removed when this is disposed, and when the process ends in any other way. */
export class Guard implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'l4director-bench-'));
  readonly #process: ChildProcess;

  constructor() {
    const outside = [this.folder, groupPrefix() ?? '', NAMESPACES];
    const args = ['-c', SCRIPT, 'guard', ...outside];
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
