import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { cpuOfTree } from './proc.ts';

const READY_MS = 15_000;
const END_MS = 5000;
const SETPRIV = '/usr/bin/setpriv';
/** Words in front of a command that end it with this process, even when that is killed. */
const WITH_US = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL'] : [];

/** A program that this benchmark started, and ends. */
export class Child implements AsyncDisposable {
  readonly #name: string;
  readonly #process: ChildProcess;
  #said = '';

  /** @param words  the command and its arguments */
  constructor(name: string, words: readonly string[]) {
    const [command = '', ...args] = [...WITH_US, ...words];
    this.#name = name;
    this.#process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (text: Buffer) => {
        this.#said = (this.#said + text).slice(-4000);
      });
    this.#process.on('error', (error) => {
      this.#said += error.message;
    });
  }

  /** Microseconds of processor time so far, user and system, of all its threads and programs. */
  cpu(): number {
    return cpuOfTree(this.pid);
  }

  /** The end of what it printed. */
  get said(): string {
    return this.#said;
  }

  /** 0 before it runs. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get #running(): boolean {
    const { pid, exitCode, signalCode } = this.#process;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Settles when the port accepts. @throws with its output when it ends or takes too long
   *  @param there  whether it does; default: connections */
  listening(host: string, port: number, there = accepts): Promise<void> {
    return this.ready(`listen on ${host}:${port}`, () => there(host, port));
  }

  /** Settles when it does what it should.
   *  @param what  in words: `listen on 127.0.0.1:80`
   *  @throws      with its output when it ends or takes too long, and what `does` throws */
  async ready(what: string, does: () => Promise<boolean>): Promise<void> {
    for (const until = performance.now() + READY_MS; performance.now() < until; ) {
      if (!this.#running) break;
      if (await does()) return;
      await wait(50);
    }
    throw new Error(`${this.#name} does not ${what}:\n${this.#said}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#running) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const killer = setTimeout(() => this.#process.kill('SIGKILL'), END_MS);
    await ended;
    clearTimeout(killer);
  }
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(1000) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
