import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readStatus } from '../../lib/control/client.ts';
import { Child } from '../child.ts';
import { freePort } from '../free-port.ts';
import { cpuOf, descriptorsOf, memoryOf } from '../proc.ts';
import { spread } from '../samples.ts';
import type { Bench } from './bench.ts';
import type { Answer, Figures } from './figures.ts';
import { SERVERS_EACH, serverAddress } from './servers.ts';
import { DescriptorWatch } from './watch.ts';

const DIRECTOR = fileURLToPath(new URL('../../bin/l4director.js', import.meta.url));
const ASKED = ['/v1/status', '/v1/status?checks=20', '/metrics'];
const TIMES = 5;
const FIRST_ROUND_MS = 60_000;

/** A daemon at work, on services of its own. */
interface Daemon {
  readonly child: Child;
  readonly socketPath: string;
}

/** The whole daemon on a .cf of as many servers, and what its control socket costs then. */
export async function measureDaemon(
  bench: Bench,
): Promise<{ readonly figures: Figures; readonly answers: readonly Answer[] }> {
  const { options, listeners, signal, say } = bench;
  const { servers, intervalMs, rounds } = options;
  const idle = await idleDaemon(bench);
  const began = performance.now();
  await using child = await start(bench, 'checks', servers);
  const daemon = { child, socketPath: socketOf(bench, 'checks') };
  await allUp(daemon, servers, signal);
  const firstRoundMs = performance.now() - began;
  say(`daemon: all ${servers} up in ${Math.round(firstRoundMs)} ms`);
  await wait(2 * intervalMs, undefined, { signal });
  say(`daemon: measuring for ${(rounds * intervalMs) / 1000} s`);
  listeners.watch();
  using descriptors = new DescriptorWatch(child.pid);
  const [from, cpuBefore] = [performance.now(), cpuOf(child.pid)];
  await wait(rounds * intervalMs, undefined, { signal });
  const [seconds, cpu] = [
    (performance.now() - from) / 1000,
    cpuOf(child.pid) - cpuBefore,
  ];
  const { lateness: arrivals } = await listeners.tell(signal);
  const memory = memoryOf(child.pid);
  const figures: Figures = {
    servers,
    seconds,
    checks: arrivals.starts,
    failed: servers - (await upIn(daemon)),
    cpu,
    memory,
    added: memory - idle.memory,
    descriptors: descriptors.most,
    descriptorsIdle: idle.descriptors,
    lateness: undefined,
    arrivals,
    firstRoundMs,
  };
  return { figures, answers: await ask(daemon, bench) };
}

/** What a daemon with one server needs. */
async function idleDaemon(bench: Bench) {
  await using child = await start(bench, 'idle', 1);
  await allUp({ child, socketPath: socketOf(bench, 'idle') }, 1, bench.signal);
  return { memory: memoryOf(child.pid), descriptors: descriptorsOf(child.pid) };
}

async function start(bench: Bench, name: string, servers: number): Promise<Child> {
  const { folder, options, processors } = bench;
  const config = join(folder, `${name}.cf`);
  const runtime = join(folder, name);
  mkdirSync(runtime, { recursive: true });
  writeFileSync(config, configuration(bench, servers, await freePort()));
  const director = [
    DIRECTOR,
    '--foreground',
    '--runtime-dir',
    runtime,
    config,
    'start',
  ];
  return new Child('l4director', [...processors.subject, options.node, ...director]);
}

function configuration(
  { folder, listeners, options }: Bench,
  servers: number,
  port: number,
): string {
  const globals = [
    `logfile="${join(folder, 'l4director.log')}"`,
    `checkinterval=${options.intervalMs / 1000}`,
    'checktimeout=5',
    '',
  ];
  const services = Array.from(
    { length: Math.ceil(servers / SERVERS_EACH) },
    (_, service) => {
      const last = Math.min(SERVERS_EACH, servers - service * SERVERS_EACH) - 1;
      const range = `${serverAddress(service, 0)}->${serverAddress(service, last)}`;
      const real = listeners.ports[service % listeners.ports.length];
      return `virtual=127.9.0.${service + 1}:${port}
    real=${range}:${real} masq
    scheduler=rr
    protocol=tcp
    checktype=connect
`;
    },
  );
  return [...globals, ...services].join('\n');
}

function socketOf({ folder }: Bench, name: string): string {
  return join(folder, name, `l4director.${name}.cf.sock`);
}

async function allUp(
  daemon: Daemon,
  servers: number,
  signal: AbortSignal,
): Promise<void> {
  for (const until = performance.now() + FIRST_ROUND_MS; performance.now() < until; ) {
    await wait(200, undefined, { signal });
    if ((await upIn(daemon).catch(() => 0)) === servers) return;
  }
  throw new Error(
    `daemon: not all of ${servers} servers came up:\n${daemon.child.said}`,
  );
}

async function upIn({ socketPath }: Daemon): Promise<number> {
  const { services } = await readStatus(socketPath, { timeoutMs: 20_000 });
  return services.flatMap(({ reals }) => reals).filter(({ state }) => state === 'up')
    .length;
}

async function ask(daemon: Daemon, { say }: Bench): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const what of ASKED) {
    const asked: Omit<Answer, 'what'>[] = [];
    for (let times = 0; times < TIMES; times++) asked.push(await askOnce(daemon, what));
    const median = (of: keyof Omit<Answer, 'what'>) =>
      spread(asked.map((answer) => answer[of])).median;
    answers.push({
      what,
      bytes: median('bytes'),
      ms: median('ms'),
      cpu: median('cpu'),
    });
    say(`daemon: ${what} in ${Math.round(median('ms'))} ms`);
  }
  return answers;
}

async function askOnce({ child, socketPath }: Daemon, path: string) {
  const cpuBefore = cpuOf(child.pid);
  const began = performance.now();
  const asking = request({ socketPath, path, host: 'l4director', agent: false }).end();
  const [response]: IncomingMessage[] = await once(asking, 'response');
  let bytes = 0;
  for await (const chunk of response ?? []) bytes += chunk.length;
  return { bytes, ms: performance.now() - began, cpu: cpuOf(child.pid) - cpuBefore };
}
