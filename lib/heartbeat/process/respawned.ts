import { type ChildProcess, spawn } from 'node:child_process';
import { childEnvironment } from '../../model/child-environment.ts';
import type { Respawn } from '../config/ha-config.ts';
import { accountOf } from '../local/accounts.ts';
import type { Level } from '../local/log-line.ts';
import { endGroup } from '../local/process-group.ts';
import { Programs } from '../local/programs.ts';

/** The exit code by which a program says that it does not want to be started again. Source: ha.cf(5). */
const CONTENT = 100;
const AGAIN_MS = 1000;
const END_MS = 5000;

/** A program of `respawn`: runs as its user, and is started again when it ends. */
export class Respawned {
  readonly #respawn: Respawn;
  readonly #log: (level: Level, text: string) => void;
  readonly #programs: Programs;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    respawn: Respawn,
    log: (level: Level, text: string) => void,
    programs: Programs,
  ) {
    this.#respawn = respawn;
    this.#log = log;
    this.#programs = programs;
  }

  async start(): Promise<void> {
    const { user, command } = this.#respawn;
    const account = await accountOf(user);
    if (this.#isOver) return;
    const [program = '', ...args] = command;
    if (!account) {
      this.#log('error', `${program}: there is no user "${user}"`);
      this.#again();
      return;
    }
    const { uid, gid, home } = account;
    const isOwn = process.getuid?.() === uid;
    this.#run(program, args, { ...(isOwn ? {} : { uid, gid }), cwd: '/' }, home);
  }

  /** SIGTERM to it and to all that it began, and what has not ended after 5 s is killed. */
  async stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    await endGroup(this.#child?.pid, END_MS);
  }

  #run(
    program: string,
    args: readonly string[],
    who: { readonly uid?: number; readonly gid?: number; readonly cwd: string },
    home: string,
  ): void {
    const { user } = this.#respawn;
    const env = { ...childEnvironment(), HOME: home, USER: user, LOGNAME: user };
    const child = spawn(program, args, {
      ...who,
      env,
      stdio: 'ignore',
      detached: true,
    });
    this.#programs.add(child);
    this.#child = child;
    this.#log('info', `Starting child client "${program}"`);
    const ended = (why: string | number): void => {
      if (this.#child !== child) return;
      this.#child = undefined;
      if (this.#isOver) return;
      if (why === CONTENT) this.#log('info', `${program} ended for good`);
      else {
        this.#log('error', `${program} ended with ${why}: it is started again`);
        this.#again();
      }
    };
    child.once('error', ({ message }) => ended(message));
    child.once('exit', (code, signal) => ended(code ?? signal ?? 'nothing'));
  }

  #again(): void {
    this.#timer = setTimeout(() => {
      this.start().catch((error: Error) => this.#log('error', error.message));
    }, AGAIN_MS);
  }
}

/** All of them; the last one ends first. */
export class Children {
  readonly #all: readonly Respawned[];

  /** @param programs  where they stand while they run */
  constructor(
    respawns: readonly Respawn[],
    log: (level: Level, text: string) => void,
    programs = new Programs(),
  ) {
    this.#all = respawns.map((respawn) => new Respawned(respawn, log, programs));
  }

  async start(): Promise<void> {
    for (const child of this.#all) await child.start();
  }

  async stop(): Promise<void> {
    for (const child of this.#all.toReversed()) await child.stop();
  }
}
