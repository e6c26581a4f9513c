import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, startAgent } from '../lab/agent.ts';
import { createDaemon, type Daemon } from '../lab/daemon.ts';
import { createNetwork, type Host } from '../lab/network.ts';
import { now } from '../lab/traffic.ts';
import type { Form } from './form.ts';
import { PORT, REALS, VIP } from './places.ts';
import type { Cost, Scenario } from './scenario.ts';
import { haproxy } from './subjects/haproxy.ts';
import { l4director } from './subjects/l4director.ts';
import type { Subject } from './subjects/subject.ts';

/** What a fault is played on: a director that holds {@link VIP}, two real servers and clients, each on
 *  a host of its own. */
export interface Stage {
  readonly subject: Subject;
  readonly director: Host;
  /** By their names. */
  readonly reals: Readonly<Record<string, Real>>;
  /** Clients other than those that are counted. */
  readonly others: Agent;
  readonly client: Host;
  readonly form: Form;
  /** Of l4director only. */
  readonly daemon: Daemon | undefined;
  /** What l4director was started with. */
  readonly config: string;
}

export interface Real {
  readonly name: string;
  readonly host: Host;
  readonly agent: Agent;
}

const GONE_MS = 10_000;
const SERVED_MS = 30_000;
/** New clients of the load and checks that a moment can find there. */
const PASSING = 30;

/** Every second a check, which waits three at most. */
export const CHECKED = { intervalMs: 1000, timeoutMs: 3000 };
/** What a busy machine adds. */
export const SLACK_MS = 1000;

function configuration(more: string): string {
  const reals = Object.values(REALS).map(
    (address) => `    real=${address}:${PORT} masq\n`,
  );
  return `checkinterval=1
checktimeout=3
quiescent=yes
logfile="/var/log/ldirectord.log"
virtual=${VIP}:${PORT}
${reals.join('')}    service=http
    request="/check"
    receive="web"
    scheduler=rr
${more}`;
}

interface Wanted {
  readonly subject: Subject['name'];
  readonly scenario: Pick<Scenario, 'config' | 'peerConfig' | 'ini' | 'env' | 'etc'>;
  readonly form: Form;
}

/** Builds it and starts the subject; `play` runs on it, and all goes whatever happens. */
export async function onStage<T>(
  { subject: name, scenario, form }: Wanted,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  await using network = await createNetwork();
  const director = await network.host('director', '10.1.1.2/24', `${VIP}/24`);
  // As the Debian package sets it: an upgrade loses what waits at the listener that closes without it.
  await director.run('/bin/sh', '-c', 'echo 1 >/proc/sys/net/ipv4/tcp_migrate_req');
  const client = await network.host('client', '10.1.1.100/24');
  const reals: Record<string, Real> = {};
  for (const [name, address] of Object.entries(REALS)) {
    const host = await network.host(name, `${address}/24`);
    reals[name] = { name, host, agent: await startReal(host) };
  }
  const others = startAgent(client);
  const { config = '', peerConfig = '', ini = '', env = {}, etc = {} } = scenario;
  const text = configuration(config);
  await putFiles(join(director.folder, 'etc'), etc);
  const around = { ...inFolder(env, director.folder), ...hooked(form.blockMs) };
  const daemon =
    name === 'l4director' ? await createDaemon(director, text, ini, around) : undefined;
  await using subject = daemon
    ? l4director(daemon, text, director)
    : await haproxy(director, peerConfig);
  await subject.start();
  return await play({
    subject,
    director,
    client,
    reals,
    others,
    daemon,
    form,
    config: text,
  });
}

async function putFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder);
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text);
}

function inFolder(
  env: Readonly<Record<string, string>>,
  folder: string,
): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value.replaceAll('FOLDER', folder),
    ]),
  );
}

const HOOK = new URL('./hook.js', import.meta.url);

function hooked(blockMs: number): NodeJS.ProcessEnv {
  return {
    NODE_OPTIONS: `--import=${HOOK}`,
    FAULT_BLOCK_MS: String(blockMs),
    // What is covered is counted in the tests of its room; here it would be measured too.
    NODE_V8_COVERAGE: '',
  };
}

/** A real server that behaves well, anew after it was killed too. */
export async function startReal(host: Host): Promise<Agent> {
  const agent = startAgent(host);
  await agent.do('serve', PORT, host.name);
  return agent;
}

/** For a scenario that HAProxy does not play. */
export function oursOf({ daemon }: Stage): Daemon {
  if (!daemon) throw new Error('l4director alone plays this');
  return daemon;
}

/** Until the real servers have no more open than clients who stay.
 *  @returns how many more they have after all */
export async function allGone({ reals, form }: Stage): Promise<number> {
  const deadline = now() + GONE_MS;
  for (;;) {
    const open = await Promise.all(
      Object.values(reals).map(({ agent }) => agent.do('opened')),
    );
    const more = open.reduce((sum, count) => sum + count, 0) - form.stays - PASSING;
    if (more <= 0 || now() > deadline) return Math.max(0, more);
    await sleep(100);
  }
}

/** Until clients are led to that server, or no longer.
 *  @returns milliseconds that it took */
export async function led(
  { subject }: Stage,
  server: string,
  wanted: boolean,
  withinMs = 30_000,
): Promise<number> {
  const began = now();
  while ((await subject.leads(server)) !== wanted) {
    if (now() - began > withinMs)
      throw new Error(
        `${server} is${wanted ? ' not' : ''} led to after ${withinMs} ms`,
      );
    await sleep(20);
  }
  return now() - began;
}

/** The longest that a real server that behaves well was not checked, since that moment. */
export async function longestCheckGap({ reals }: Stage, from: number): Promise<number> {
  const gaps = await Promise.all(
    Object.values(reals).map(({ agent }) => agent.do('longestCheckGap', from)),
  );
  return Math.round(Math.max(...gaps));
}

/** Whoever is there may be lost. */
export function everybody(from: number, until: number): readonly Cost[] {
  return Object.keys(REALS).map((server) => ({ server, from, until }));
}

/** Until a client gets its answer. @returns milliseconds that it took */
export async function served({ others }: Stage): Promise<number> {
  const began = now();
  while ((await others.do('visit', `http://${VIP}/`, 1000)).outcome !== 'ok')
    if (now() - began > SERVED_MS)
      throw new Error(`nobody is served for ${SERVED_MS} ms`);
  return now() - began;
}

/** Plays what goes wrong with a real server, until clients are led elsewhere, and back.
 *  @returns what it may cost: those who were on it */
export async function ails(
  stage: Stage,
  server: string,
  fault: () => Promise<unknown>,
  mend: () => Promise<unknown>,
): Promise<{ readonly cost: Cost; readonly noticedMs: number }> {
  const from = now();
  await fault();
  const noticedMs = await led(stage, server, false);
  const until = now();
  await mend();
  await led(stage, server, true);
  return { cost: { server, from, until }, noticedMs };
}
