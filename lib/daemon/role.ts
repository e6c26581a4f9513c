import { runProgram } from '../alerts/command.ts';
import type { Config } from '../config/config.ts';
import type { Instance } from '../instance/instance.ts';
import type { Launch } from '../instance/launch.ts';
import type { Log } from '../model/log.ts';
import { reasonOf } from '../model/reason.ts';
import type { Role, RoleStatus, RoleTaken } from '../model/role.ts';
import { type RoleFile, roleFile } from '../state/role-file.ts';
import type { Closers } from './closers.ts';

/** Longer than a takeover may take, shorter than whoever waits for `role`. */
const COMMAND_MS = 30_000;

const UNTOLD: RoleStatus = { role: 'active', by: null, since: null };

/** The director's role in a pair. It outlives the director, and changes nothing of its work: a standby checks
 *  its real servers and listens as the active one does, be it without the address. */
export interface RoleKeeper {
  readonly current: RoleStatus;
  /** One after the other. Where it changes the role, or the command failed the last time, `role-command` is run;
   *  of several that wait for that the last one counts. Never rejects.
   *  @param by  who says so, for the log */
  take(role: Role, by: string): Promise<RoleTaken>;
  /** A successor is in charge: what the director before was told last counts. */
  own(): Promise<void>;
  /** What a reload changes of it. */
  follow(config: Config): void;
  /** Ends a command that runs. Idempotent. */
  close(): Promise<void>;
}

/** Goes on with the role that an earlier run was told. Never rejects.
 *  @param commandMs  how long `role-command` may run */
export async function createRole(
  config: Config,
  { role: path }: Pick<Instance, 'role'>,
  log: Log,
  commandMs = COMMAND_MS,
): Promise<RoleKeeper> {
  const keeper = new Keeper(config, roleFile(path, log), log, commandMs);
  await keeper.own();
  if (keeper.current.role !== UNTOLD.role)
    log.info(`Role: ${keeper.current.role}, as it was told by ${keeper.current.by}`);
  return keeper;
}

interface Surroundings {
  readonly launch: Pick<Launch, 'instance'>;
  readonly closers: Pick<Closers, 'add'>;
  readonly log: Log;
}

/** The same, ended with the director. */
export async function openRole(
  config: Config,
  { launch, closers, log }: Surroundings,
): Promise<RoleKeeper> {
  const role = await createRole(config, launch.instance, log);
  closers.add('role-command', () => role.close());
  return role;
}

class Keeper implements RoleKeeper {
  readonly #file: RoleFile;
  readonly #log: Log;
  readonly #commandMs: number;
  readonly #end = new AbortController();
  #command: string | undefined;
  #current = UNTOLD;
  /** The last command failed, or was passed over. */
  #isOpen = false;
  #asked = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor(config: Config, file: RoleFile, log: Log, commandMs: number) {
    this.#file = file;
    this.#log = log;
    this.#commandMs = commandMs;
    this.#command = config.options.roleCommand;
  }

  get current(): RoleStatus {
    return this.#current;
  }

  async own(): Promise<void> {
    this.#current = (await this.#file.read()) ?? this.#current;
  }

  follow({ options }: Config): void {
    this.#command = options.roleCommand;
  }

  take(role: Role, by: string): Promise<RoleTaken> {
    const turn = ++this.#asked;
    const taken = this.#work.then(() => this.#take(role, by, turn));
    this.#work = taken;
    return taken;
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#work;
  }

  async #take(role: Role, by: string, turn: number): Promise<RoleTaken> {
    const before = this.#current.role;
    const isSame = role === before && this.#current.since !== null;
    if (isSame && !this.#isOpen) return { ...this.#current, before, problem: null };
    if (!isSame) this.#current = { role, by, since: new Date().toISOString() };
    if (role !== before) this.#log.info(`Role: ${before} -> ${role}, by ${by}`);
    const unkept = isSame ? undefined : await this.#keep();
    const isNeeded = role !== before || this.#isOpen;
    const failed = isNeeded ? await this.#run(role, turn) : undefined;
    return { ...this.#current, before, problem: failed ?? unkept ?? null };
  }

  /** @returns why it would not outlive the director */
  async #keep(): Promise<string | undefined> {
    try {
      await this.#file.write(this.#current);
      return undefined;
    } catch (error) {
      const why = reasonOf(error);
      const problem = `the role will not outlive the director: ${why}`;
      this.#log.error(`Role ${this.#current.role}: ${problem}`);
      return problem;
    }
  }

  /** @returns why it failed */
  async #run(role: Role, turn: number): Promise<string | undefined> {
    const command = this.#command;
    this.#isOpen = command !== undefined;
    // A later wish waits already: its command is the one that counts.
    if (command === undefined || turn !== this.#asked) return undefined;
    const limits = { timeoutMs: this.#commandMs, signal: this.#end.signal };
    let late = '';
    const failed = await runProgram(command, [role], limits, () => {
      late = `not done within ${this.#commandMs / 1000} s, `;
    });
    this.#isOpen = failed !== undefined;
    if (failed === undefined) return undefined;
    const problem = `role-command ${command} ${role}: ${late}${failed}`;
    this.#log.error(`${problem} (it is run again when the director is told its role)`);
    return problem;
  }
}
