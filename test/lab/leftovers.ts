import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAMESPACES = '/run/netns';
/** `l4d-PID-START-SALT-HOST`: whose it is can be read from the name, also after kill -9. */
const NAME = /^l4d-(\d+)-(\d+)-/;

/** Fields of proc(5)'s stat from the state on; undefined: there is nothing of that id. */
function statOf(id: string): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** When a process began, in clock ticks since boot. */
function startOf(pid: number): string | undefined {
  return statOf(String(pid))?.[19];
}

/** It has ended with all its threads, be it that nobody has asked for its exit code yet. Its
 *  first thread may be a zombie while another still holds the sockets. */
export function isDead(pid: number): boolean {
  return namesIn(`/proc/${pid}/task`).every(
    (thread) => (statOf(`${pid}/task/${thread}`)?.[0] ?? 'Z') === 'Z',
  );
}

/** One that has ended meanwhile is no error. @throws when it is another user's */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // process.kill's
  }
}

/** Start of the names of one network's namespaces. */
export function networkPrefix(): string {
  const salt = randomBytes(3).toString('hex');
  return `l4d-${process.pid}-${startOf(process.pid)}-${salt}-`;
}

/** Ids of the processes in a namespace. */
export function processesIn(namespace: string): readonly number[] {
  const { stdout } = spawnSync('ip', ['netns', 'pids', namespace], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** A host's folder for configs, logs and pages; it goes with the namespace. */
export function folderOf(namespace: string): string {
  return join(tmpdir(), namespace);
}

/** Ends what runs in the namespaces whose names begin so, and removes them and their folders.
 *  Synchronous, for it is also called while the process exits. */
export function removeNamespaces(prefix: string): void {
  const ours = (name: string) => name.startsWith(prefix);
  for (const name of namesIn(NAMESPACES).filter(ours)) {
    for (const pid of processesIn(name)) killQuietly(pid);
    spawnSync('ip', ['netns', 'delete', name]);
  }
  // What is being killed may still make a file.
  for (const name of namesIn(tmpdir()).filter(ours))
    rmSync(folderOf(name), { recursive: true, force: true, maxRetries: 10 });
}

/** Removes the networks of test runs that are no more. */
export function sweepLeftovers(): void {
  for (const name of [...namesIn(NAMESPACES), ...namesIn(tmpdir())]) {
    const [prefix, pid, start] = NAME.exec(name) ?? [];
    if (prefix !== undefined && startOf(Number(pid)) !== start) removeNamespaces(name);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No namespace was ever named on this machine; that process is gone.
  }
}

export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
