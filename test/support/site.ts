import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { isDead } from '../lab/leftovers.ts';

const SCRIPT = fileURLToPath(import.meta.resolve('../../bin/l4director.js'));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with the program under its old name, a config, a log and a runtime directory.
 *  Directors that were left there end with the test. */
export class Site {
  readonly folder: string;
  readonly program: string;
  readonly config: string;
  readonly log: string;
  readonly env: Record<string, string> = {};

  /** @param script  the program */
  constructor(t: Test, config: string, script = SCRIPT) {
    this.folder = mkdtempSync(join(tmpdir(), 'l4d-')); // a socket's path must be short
    mkdirSync(join(this.folder, 'run'));
    mkdirSync(join(this.folder, 'bin'));
    this.program = join(this.folder, 'bin', 'ldirectord');
    this.config = join(this.folder, 'a.cf');
    this.log = join(this.folder, 'log');
    chmodSync(script, 0o755);
    symlinkSync(script, this.program);
    this.write(config);
    t.teardown(() => {
      this.#killAll();
      // What is being killed may still make a file.
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
    });
  }

  /** Writes the config; `LOG` in it stands for the log file. */
  write(config: string): void {
    writeFileSync(this.config, config.replaceAll('LOG', this.log));
  }

  /** Puts a program into the site's folder. */
  place(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text, { mode: 0o755 });
  }

  /** Writes the l4director.ini beside the config. */
  writeIni(text: string): void {
    writeFileSync(`${this.config}.ini`, text);
  }

  /** Calls the program on this site's config. */
  async run(...args: string[]): Promise<Outcome> {
    return this.call(...args.slice(0, -1), this.config, ...args.slice(-1));
  }

  /** Calls the program with just these arguments. */
  call(...args: string[]): Promise<Outcome> {
    return collect(this.spawn(...args));
  }

  /** Calls the program with this site's config through a pipe. */
  piped(action: string): Promise<Outcome> {
    const own = [process.execPath, this.program, '--runtime-dir', this.runtimeDir];
    const words = [this.config, ...own, '/dev/stdin', action];
    const script = 'file=$1; shift; cat "$file" | "$@"';
    return collect(spawn('/bin/sh', ['-c', script, 'sh', ...words]));
  }

  spawn(...args: string[]): ChildProcess {
    const own = [this.program, '--runtime-dir', this.runtimeDir];
    return spawn(process.execPath, [...own, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  get runtimeDir(): string {
    return join(this.folder, 'run');
  }

  get pidFile(): string {
    return join(this.runtimeDir, 'ldirectord.a.cf.pid');
  }

  get pid(): number | undefined {
    return existsSync(this.pidFile)
      ? Number(readFileSync(this.pidFile, 'utf8'))
      : undefined;
  }

  get socketIsThere(): boolean {
    return existsSync(join(this.runtimeDir, 'l4director.a.cf.sock'));
  }

  get logText(): string {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8') : '';
  }

  /** Waits until the log has a line that matches, or has that text. */
  async logged(what: RegExp | string): Promise<void> {
    const isThere = () =>
      typeof what === 'string' ? this.logText.includes(what) : what.test(this.logText);
    await until(isThere, `log line ${what}`);
  }

  #killAll(): void {
    for (const pid of processesUnder(this.program)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // ended meanwhile
      }
    }
  }
}

/** Pids of directors that run under that very path. */
export function processesUnder(program: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandLine(pid).includes(program))
    .map(Number);
}

/** A process's arguments; empty when it has ended. */
export function commandLine(pid: string | number | undefined): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

/** What a process printed, and its exit code. */
export async function collect(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** Polls what cannot be awaited. @throws after 30 s */
export async function until(
  met: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await delay(20);
  }
}

/** Ends a process as kill -9 does, and waits until it is dead with all that it held. */
export async function killed(pid: number | undefined): Promise<void> {
  const own = pid ?? NaN;
  process.kill(own, 'SIGKILL');
  await until(() => isDead(own), `the end of ${own}`);
}

/** A web server on loopback that answers every request with `body`. @returns its port */
export async function webServer(t: Test, body = 'Test Page'): Promise<number> {
  const server = createServer((_request, response) => response.end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export { triedPort as freePort } from './tried-port.ts';
