import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

/** How to run a Debian server on loopback, with files of its own only. */
export interface Recipe {
  /** For names of folders and errors. */
  readonly name: string;
  /** How many ports it listens on, all at 127.0.0.1 and at ::1. */
  readonly ports: number;
  /** Where to see that it listens; default 127.0.0.1. */
  readonly host?: string;
  /** How it is told to end; default SIGTERM. */
  readonly ending?: NodeJS.Signals;
  /** Writes its files into the folder.
   *  @returns the command that runs it in the foreground */
  prepare(
    folder: string,
    ports: readonly number[],
  ): {
    readonly command: string;
    readonly args: readonly string[];
    readonly env?: NodeJS.ProcessEnv;
  };
}

export interface RunningServer {
  /** Its files; others than root can reach them. */
  readonly folder: string;
  readonly ports: readonly number[];
  /** What it wrote on stdout and stderr so far. */
  said(): string;
  /** Sends it a signal. */
  tell(signal: NodeJS.Signals): void;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
}

const TRIES = 5;

/** Starts it and resolves when it accepts connections on all its ports; ends it, and removes
 *  its files, when the test ends. Another process may take a port before the server does:
 *  then it is started on others. */
export async function startServer(
  t: Pick<Test, 'teardown'>,
  recipe: Recipe,
): Promise<RunningServer> {
  for (let tries = 1; ; tries++) {
    const folder = mkdtempSync(join(tmpdir(), `l4director-${recipe.name}-`));
    // Servers leave root behind; tap's own folders may be out of their reach.
    chmodSync(folder, 0o755);
    const ports = await freePorts(recipe.ports);
    const { command, args, env } = recipe.prepare(folder, ports);
    const child = spawn(command, args, {
      cwd: folder,
      // A process group of its own: none of its children stays behind.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const said = listen(child);
    const kill = () => killGroup(child);
    process.once('exit', kill);
    t.teardown(async () => {
      await end(child, recipe.ending);
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });
    if (await accepts(child, ports, recipe.host))
      return {
        ...{ folder, ports, said },
        tell: (signal) => void child.kill(signal),
        kill: () => end(child, 'SIGKILL'),
      };
    await end(child, recipe.ending);
    if (tries === TRIES || !/in use|EADDRINUSE/i.test(said()))
      throw new Error(`${recipe.name} ended: ${said()}`);
  }
}

/** Ports that are free at 127.0.0.1 and at ::1. */
async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = await listenOnce('127.0.0.1', 0);
    if (port !== undefined && (await listenOnce('::1', port))) ports.add(port);
  }
  return [...ports];
}

/** @returns undefined when the port is taken */
async function listenOnce(host: string, port: number): Promise<number | undefined> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : undefined;
}

/** @returns its last words */
function listen(child: ChildProcess): () => string {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      said = `${said}${text}`.slice(-20_000);
    });
  child.on('error', (error) => {
    said += error.message;
  });
  return () => said;
}

/** Looks again and again, since a server has no event for its being ready.
 *  @returns false when it ended before */
async function accepts(
  child: ChildProcess,
  ports: readonly number[],
  host = '127.0.0.1',
): Promise<boolean> {
  for (const port of ports)
    for (;;) {
      if (hasEnded(child)) return false;
      const socket = connect({ host, port });
      const open = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      socket.destroy();
      if (open) break;
      await sleep(20);
    }
  return !hasEnded(child);
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM') {
  if (hasEnded(child)) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exit;
  clearTimeout(force);
  killGroup(child);
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: all have ended.
  }
}

function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}
