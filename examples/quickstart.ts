import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { styleOf } from '../lib/cli/show.ts';
import { formatTable } from '../lib/cli/show-table.ts';
import { formatDiagnostic } from '../lib/config/config.ts';
import { readConfig } from '../lib/config/index.ts';
import { readStatus } from '../lib/control/index.ts';
import type { StatusDocument } from '../lib/model/status.ts';
import { type DirectorProcess, startDirector } from './quickstart/director-process.ts';
import { type Display, plainDisplay, terminalDisplay } from './quickstart/display.ts';
import { formatIntro, socketIn } from './quickstart/intro.ts';
import { readKeys } from './quickstart/keys.ts';
import { checkFree, startAll, stopAll, webServersFor } from './quickstart/servers.ts';
import { describe, type WebServer } from './quickstart/web-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(root, 'dist/bin/l4director.js');
const REDRAW_MS = 1_000;
const LOOK_MS = 100;
const READY_MS = 20_000;
const ASK_MS = 2_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What runs while the quickstart does. */
interface Stage {
  readonly director: DirectorProcess;
  readonly servers: readonly WebServer[];
  readonly display: Display;
  readonly socket: string;
  readonly intro: string;
  /** Virtual services of the config. */
  readonly services: number;
  readonly quit: AbortController;
}

/** `npm start`: web servers for the real servers of a config on loopback, and the director in
 *  front of them, until Ctrl-C. @returns the exit code */
async function main(file: string): Promise<number> {
  const read = await readConfig(file);
  if (!read.ok) {
    for (const error of read.errors) complain(formatDiagnostic(error));
    return 2;
  }
  const quit = quitOnSignal();
  const servers = webServersFor(read.config);
  const runtimeDir = await mkdtemp(join(tmpdir(), 'l4-'));
  try {
    await checkFree(read.config);
    await startAll(servers);
    const args = ['--runtime-dir', runtimeDir];
    const show = ['node', fromHere(PROGRAM), ...args, fromHere(file), 'show'].join(' ');
    const keys = process.stdin.isTTY === true;
    const intro = formatIntro({ config: read.config, servers, show, keys });
    const socket = socketIn(runtimeDir, file);
    const services = read.config.virtuals.length;
    const command = [PROGRAM, ...args, file, 'start'];
    await play(command, { servers, intro, services, quit, socket });
    return 0;
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await stopAll(servers);
    await rm(runtimeDir, { recursive: true, force: true });
  }
}

async function play(
  command: readonly string[],
  parts: Omit<Stage, 'director' | 'display'>,
): Promise<void> {
  const { servers, quit } = parts;
  const display = process.stdout.isTTY
    ? terminalDisplay(process.stdout)
    : plainDisplay(process.stdout);
  process.once('exit', () => display.close());
  const director = startDirector(command, display.line);
  using _keys = readKeys(
    process.stdin,
    (digit) => void toggle(servers[digit - 1], display),
    () => quit.abort(),
  );
  try {
    await live({ ...parts, display, director });
  } finally {
    display.close();
    await director.stop();
  }
}

/** Shows the director's status once a second until it ends or is to end. */
async function live(stage: Stage): Promise<void> {
  const { director, quit, display, intro } = stage;
  const gone = director.ended.then((how) => {
    if (!quit.signal.aborted) throw new Error(`the director ended by itself (${how})`);
  });
  display.line('The director starts ...');
  await Promise.race([gone, untilReady(stage)]);
  while (!quit.signal.aborted) {
    const picture = await look(stage);
    if (picture !== undefined) display.show(`${intro}\n\n${picture}`);
    await Promise.race([gone, pause(REDRAW_MS, quit.signal)]);
  }
}

async function untilReady({ socket, services, quit }: Stage): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!quit.signal.aborted) {
    const status = await readStatus(socket, { timeoutMs: ASK_MS }).catch(
      () => undefined,
    );
    if (status && isReady(status, services)) return;
    if (performance.now() > deadline)
      throw new Error(`the director is not ready after ${READY_MS / 1000} s`);
    await pause(LOOK_MS, quit.signal);
  }
}

/** Every server has had its first check.
 *  @param expected  how many services: a director that has just begun has none yet */
function isReady({ services }: StatusDocument, expected: number): boolean {
  const states = services.flatMap(({ state, reals }) => [
    state,
    ...reals.map((real) => real.state),
  ]);
  return services.length >= expected && !states.includes('starting');
}

async function look({ socket, display }: Stage): Promise<string | undefined> {
  try {
    const status = await readStatus(socket, { timeoutMs: ASK_MS });
    const style = styleOf(process.stdout, process.env);
    return formatTable(status, { width: undefined, ...style, now: Date.now() });
  } catch (error) {
    display.line(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function toggle(server: WebServer | undefined, display: Display): Promise<void> {
  if (!server) return;
  try {
    await (server.running ? server.stop() : server.start());
    display.line(`${describe(server)} ${server.running ? 'started' : 'stopped'}`);
  } catch (error) {
    display.line(`${describe(server)}: ${String(error)}`);
  }
}

function quitOnSignal(): AbortController {
  const quit = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => quit.abort());
  process.stdout.on('error', () => quit.abort());
  return quit;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** The shorter way to write a path. */
function fromHere(path: string): string {
  const way = relative('', path);
  return way.length < path.length ? way : path;
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

const [given = join(root, 'examples/quickstart.cf')] = process.argv.slice(2);
process.exitCode = await main(resolve(given));
if (process.exitCode === 0)
  process.stdout.write('The director and the web servers have ended.\n');
