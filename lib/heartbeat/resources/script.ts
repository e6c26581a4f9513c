import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../model/log.ts';
import type { Resource } from '../config/haresources.ts';
import type { Programs } from '../local/programs.ts';
import { failureOf, type ProgramEnd, runProgram } from './program.ts';
import type { Runnable } from './runnable.ts';

export interface ScriptHow {
  /** Where scripts are looked for, in this order. */
  readonly folders: readonly string[];
  /** HA_*, for the scripts. */
  readonly env: Readonly<Record<string, string>>;
  /** How long one call may take, milliseconds. */
  readonly ms: number;
  readonly log: Log;
  /** Where calls stand while they run. */
  readonly programs: Programs;
}

/** A script of resource.d or init.d, called as `NAME ARGUMENT... start`. Before it is started it is asked for
 *  its status, and its words on stdout decide, not its exit status. Source: observed on Heartbeat 3.0.6. */
export class Script implements Runnable {
  readonly word: string;
  readonly #resource: Resource;
  readonly #how: ScriptHow;
  #wasThere = false;

  constructor(resource: Resource, how: ScriptHow) {
    this.word = [resource.script, ...resource.args].join('::');
    this.#resource = resource;
    this.#how = how;
  }

  async start(signal: AbortSignal): Promise<void> {
    if (!(await this.isRunning(signal))) await this.#act('start', signal);
  }

  /** What never was on this host does not run there. */
  async stop(signal: AbortSignal): Promise<void> {
    const { folders, log } = this.#how;
    const { script } = this.#resource;
    if (this.#wasThere || (await findScript(script, folders)) !== undefined)
      await this.#act('stop', signal);
    else log.warn(`no executable "${script}" in ${folders.join(' or ')}: none to stop`);
  }

  async isRunning(signal: AbortSignal): Promise<boolean> {
    const { stdout } = await this.#call('status', signal);
    return saysRunning(stdout);
  }

  async #act(action: 'start' | 'stop', signal: AbortSignal): Promise<void> {
    const end = await this.#call(action, signal);
    for (const line of end.stdout.split('\n').filter((text) => text.trim() !== ''))
      this.#how.log.info(`${this.#resource.script}: ${line}`);
    const failure = failureOf(end);
    if (failure !== undefined) throw new Error(failure);
  }

  async #call(action: string, signal: AbortSignal): Promise<ProgramEnd> {
    const { folders, env, ms, log, programs } = this.#how;
    const { script, args } = this.#resource;
    const path = await findScript(script, folders);
    if (path === undefined)
      throw new Error(
        `no executable "${script}" in ${folders.join(' or ')}: install it there, or mend haresources`,
      );
    this.#wasThere = true;
    const words = [...args, action];
    if (action !== 'status') log.info(`Running ${[path, ...words].join(' ')}`);
    const leavesDaemon = action !== 'status';
    return runProgram(path, words, { env, ms, signal, leavesDaemon, programs });
  }
}

/** @returns its path: the first that is a file and may be executed */
export async function findScript(
  name: string,
  folders: readonly string[],
): Promise<string | undefined> {
  if (name === '' || name.includes('/')) return undefined;
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      if ((await stat(path)).isFile()) return path;
    } catch {
      // The next folder may have it.
    }
  }
  return undefined;
}

/** What a script's status means. */
export function saysRunning(stdout: string): boolean {
  return !/not +running/i.test(stdout) && /running|Running|OK/.test(stdout);
}
