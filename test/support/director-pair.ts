import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask, CALLS } from '../../lib/control/index.ts';
import { Addresses } from '../lab/addresses.ts';
import { type Agent, startAgent } from '../lab/agent.ts';
import { createDaemon, type Daemon } from '../lab/daemon.ts';
import { createNetwork, type Host, type Network } from '../lab/network.ts';

const PROGRAM = fileURLToPath(import.meta.resolve('../../bin/l4director.js'));
const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));

export const VIP = '10.1.1.19';

/** A director of several, on a host of its own. */
export interface Member {
  readonly host: Host;
  readonly daemon: Daemon;
  /** A program that stands for /usr/sbin/l4director on this host. */
  readonly program: string;
  /** Whether its host has the virtual address. */
  hasAddress(): Promise<boolean>;
  /** Empty: it does not answer. */
  role(): Promise<string>;
  /** As {@link exampleOn}. */
  example(path: string, words: Readonly<Record<string, string>>): string;
}

export interface Members extends AsyncDisposable {
  readonly network: Network;
  readonly members: readonly Member[];
  readonly web: Agent;
  readonly webHost: Host;
  readonly client: Agent;
  readonly clientHost: Host;
}

const CONFIG = `checkinterval=1
checktimeout=3
quiescent=yes
logfile="/var/log/ldirectord.log"
virtual=${VIP}:80
    real=10.1.1.21:80 masq
    real=10.1.1.22:80 masq
    checktype=connect
    protocol=tcp
    scheduler=SCHEDULER
`;

interface Wish {
  readonly count?: number;
  readonly scheduler?: string;
  ini?(host: Host): string;
  /** Before a director starts. */
  prepare?(host: Host): Promise<void>;
}

/** So many directors before a web server of two addresses, with a client beside it, all of them at work; who moves the address is yet to come. Each is at 10.1.1.(1 + its number). */
export async function directors({
  count = 2,
  scheduler = 'wrr',
  ini = () => '',
  prepare = async () => {},
}: Wish = {}): Promise<Members> {
  const network = await createNetwork();
  try {
    const webHost = await network.host('web', '10.1.1.21/24', '10.1.1.22/24');
    const clientHost = await network.host('client', '10.1.1.100/24');
    const web = startAgent(webHost);
    await web.do('serveBulk', 80, 2 ** 20);
    const config = CONFIG.replace('SCHEDULER', scheduler);
    const members: Member[] = [];
    for (let n = 1; n <= count; n++) {
      const host = await network.host(`lb${n}`, `10.1.1.${n + 1}/24`);
      await prepare(host);
      members.push(await member(host, config, ini(host)));
    }
    await Promise.all(
      members.map(async ({ daemon }) => {
        await daemon.command('start');
        await daemon.until(
          ({ reals }) => reals.every(({ state }) => state === 'up'),
          30_000,
        );
      }),
    );
    return {
      ...{ network, members, web, webHost, client: startAgent(clientHost), clientHost },
      [Symbol.asyncDispose]: () => network.close(),
    };
  } catch (error) {
    await network.close();
    throw error;
  }
}

async function member(host: Host, config: string, ini: string): Promise<Member> {
  const daemon = await createDaemon(host, config, ini);
  const addresses = new Addresses(host);
  const program = join(host.folder, 'l4director');
  const call = `${process.execPath} ${PROGRAM} --runtime-dir ${host.folder}/run`;
  writeFileSync(program, `#!/bin/sh\nunset NODE_OPTIONS\nexec ${call} "$@"\n`);
  chmodSync(program, 0o755);
  return {
    ...{ host, daemon, program },
    hasAddress: () => addresses.has(VIP),
    role: async () => (await daemon.status().catch(() => undefined))?.role ?? '',
    example: (path, words) => exampleOn(host, path, words),
  };
}

const LOOK_MS = 150;
const PATIENCE_MS = 30_000;

/** As `until`, for what takes a program to see: a look every 20 ms would keep the machine busy. */
export async function comes(
  met: () => Promise<boolean>,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(LOOK_MS);
  }
}

/** Takes all its real servers out, or has them in again. */
export async function each(
  { host, daemon }: Member,
  action: 'disable' | 'enable',
): Promise<void> {
  const socket = join(host.folder, 'run/l4director.ldirectord.cf.sock');
  const wish = { state: action === 'disable' ? 'maintenance' : 'ready' } as const;
  const { id: service, reals } = await daemon.service();
  for (const { id: real } of reals)
    await ask(socket, { ...CALLS.change({ service, real }, wish), timeoutMs: 10_000 });
}

/** Writes an example into a host's folder, with these words replaced. @returns its path */
export function exampleOn(
  host: Host,
  path: string,
  words: Readonly<Record<string, string>>,
): string {
  let text = readFileSync(join(EXAMPLES, path), 'utf8');
  for (const [from, to] of Object.entries(words)) text = text.replaceAll(from, to);
  const file = join(host.folder, path.replaceAll('/', '-'));
  writeFileSync(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  return file;
}

/** The longest time in which no visit ended well, among those that ended within a span, in milliseconds. */
export function outage(
  visits: readonly {
    readonly at: number;
    readonly ms: number;
    readonly outcome: string;
  }[],
  from: number,
  to: number,
): number {
  const good = visits
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ at, ms }) => at + ms)
    .filter((end) => end >= from && end <= to)
    .sort((a, b) => a - b);
  const all = [from, ...good, to];
  return Math.max(...all.slice(1).map((end, n) => end - (all[n] ?? end)));
}
