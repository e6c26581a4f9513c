import { existsSync, readlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expectPrivate, makePrivate } from './runtime-dir.ts';

/** One director on this host, as its commands find it again: the files it leaves. */
export interface Instance {
  /** `ldirectord` when no config file was named, else the base name of the config file as
   *  typed; pid file, socket and log lines carry it. Source: ldirectord, observed. */
  readonly name: string;
  readonly pidFile: string;
  /** Unix socket of the control server. */
  readonly socket: string;
  /** Stem of the lock's files, see `takeLock`. */
  readonly lock: string;
  /** Where what was changed at run time outlives the director. */
  readonly state: string;
  /** Where the clients that persist do. */
  readonly clients: string;
  /** Where counters do. */
  readonly numbers: string;
  /** Where the last answers of name servers do. */
  readonly names: string;
  /** Where the role does. */
  readonly role: string;
  /** Where the order of changes by hand does, which other directors know too. */
  readonly wishes: string;
}

export const DEFAULT_INSTANCE = 'ldirectord';

/** Root's runtime directory; ldirectord's own. */
export const SYSTEM = '/var/run';
export const SYSTEM_STATE = '/var/lib/l4director';

/** @param stateDir  undefined: in the runtime directory */
export function instanceIn(
  runtimeDir: string,
  name: string,
  stateDir: string = runtimeDir,
): Instance {
  return {
    name,
    pidFile: join(runtimeDir, `ldirectord.${name}.pid`),
    socket: join(runtimeDir, `l4director.${name}.sock`),
    lock: join(runtimeDir, `l4director.${name}.lock`),
    state: join(stateDir, `l4director.${name}.state.json`),
    clients: join(stateDir, `l4director.${name}.clients.json`),
    numbers: join(stateDir, `l4director.${name}.numbers.json`),
    names: join(stateDir, `l4director.${name}.names.json`),
    role: join(stateDir, `l4director.${name}.role.json`),
    wishes: join(stateDir, `l4director.${name}.wishes.json`),
  };
}

/** Where a director that gives up root has its files: beneath the folder in which it is looked for, where
 *  its pid file's name leads there. */
export function quartersIn(runtimeDir: string, name: string): string {
  return join(runtimeDir, `l4director.${name}.run`);
}

/** Where the instance is, or would be: in `chosen` if given, else in the user's runtime
 *  directory. Another user's look at root's director (monitoring) finds it in /var/run.
 *  @throws Error in words for the operator, where that directory is in others' hands */
export function findInstance(name: string, chosen: string | undefined): Instance {
  const directory = chosen ?? ownRuntimeDir();
  if (directory === scratch()) expectPrivate(directory);
  const own = placedIn(directory, name);
  if (chosen !== undefined || existsSync(own.pidFile)) return own;
  const system = placedIn(SYSTEM, name);
  return existsSync(system.pidFile) ? system : own;
}

/** In that directory, or where its pid file there leads. */
function placedIn(directory: string, name: string): Instance {
  const usual = instanceIn(directory, name);
  const quarters = quartersIn(directory, name);
  const led = join(basename(quarters), basename(usual.pidFile));
  return linkOf(usual.pidFile) === led ? instanceIn(quarters, name) : usual;
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** The instance that a `start` by this user makes; creates the user's own directory
 *  where nothing else has. */
export function ownInstance(name: string, chosen: string | undefined): Instance {
  const directory = chosen ?? ownRuntimeDir();
  if (directory === scratch()) makePrivate(directory);
  // From a service manager (StateDirectory=, source: systemd.exec(5)), or from root's start.
  const given = process.env.STATE_DIRECTORY?.split(':')[0];
  return instanceIn(directory, name, given || (chosen ?? ownStateDir() ?? directory));
}

/** What is to be there after a reboot. A runtime directory that was chosen takes it in too, so that
 *  who runs a director apart finds all of it in one place. Undefined: this user has no home. */
function ownStateDir(): string | undefined {
  if (process.getuid?.() === 0) return SYSTEM_STATE;
  const home = homeOf();
  const { XDG_STATE_HOME = '' } = process.env;
  const folder = XDG_STATE_HOME || (home && join(home, '.local/state'));
  return folder && join(folder, 'l4director');
}

/** Undefined: of a uid that no user has, as in a container. */
function homeOf(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

function ownRuntimeDir(): string {
  if (process.getuid?.() === 0) return SYSTEM;
  const session = process.env.XDG_RUNTIME_DIR;
  if (session !== undefined && existsSync(session)) return session;
  const logind = `/run/user/${process.getuid?.()}`;
  return existsSync(logind) ? logind : scratch();
}

function scratch(): string {
  return join(tmpdir(), `l4director-${process.getuid?.()}`);
}
