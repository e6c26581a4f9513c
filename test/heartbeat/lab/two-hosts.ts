import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { askStatus } from '../../../lib/heartbeat/process/status-socket.ts';
import type { StatusView } from '../../../lib/heartbeat/process/view.ts';
import { Addresses } from '../../lab/addresses.ts';
import { createNetwork, type Host, type Network } from '../../lab/network.ts';
import { apache } from './apache.ts';
import { type Holder, watchHolders } from './holders.ts';
import { type Visitor, visit } from './visitor.ts';

export const ADDRESS = '10.1.1.19';
const PROGRAM = fileURLToPath(new URL('../../../bin/l4heartbeat.js', import.meta.url));
const PATIENCE_MS = 60_000;
/** A node that began less than 5 s ago asks for 2 s more until it is taken for dead, as Heartbeat does; and
 *  failback waits a second. */
const REST_MS = 5500;

export type Name = 'lb1' | 'lb2';

/** What of ha.cf a story says; the rest is that of the set-up. */
export interface Timing {
  readonly keepalive: string;
  readonly deadtime: string;
  readonly warntime: string;
  readonly initdead: string;
  readonly auto_failback: 'yes' | 'no';
}

/** Puts there what haresources starts behind the address; the node's folders are there already.
 *  @returns its word in haresources */
export type Served = (host: Host, name: Name) => Promise<string>;

/** A host with the three files, what they start, and our node. */
export interface Director {
  readonly host: Host;
  start(): void;
  /** To the node alone, not to what it started. */
  signal(name: NodeJS.Signals): void;
  command(...words: readonly string[]): Promise<string>;
  status(): Promise<StatusView | undefined>;
  holds(): Promise<boolean>;
  log(): string;
}

export interface TwoHosts extends AsyncDisposable {
  readonly lb1: Director;
  readonly lb2: Director;
  readonly visitor: Visitor;
  readonly holders: Holder;
  /** Waits until that one serves and has everything.
   *  @param alone  what the other one has does not count: it is gone, or cut off */
  settles(name: Name, alone?: boolean): Promise<void>;
  /** Waits until it is so, and nothing moves any more. */
  rests(name: Name): Promise<void>;
}

/** Nothing runs there yet but a client that asks ten times a second, and whoever serves must answer with the name of
 *  his host. */
export async function twoHosts(
  timing: Timing,
  served: Served = apache,
): Promise<TwoHosts> {
  const network = await createNetwork();
  const lb1 = await director(network, 'lb1', '10.1.1.20/24', timing, served);
  const lb2 = await director(network, 'lb2', '10.1.1.21/24', timing, served);
  const visitor = visit(await network.host('client', '10.1.1.100/24'), ADDRESS);
  const holders = watchHolders([lb1, lb2]);
  const all = { lb1, lb2 };
  const isSettled = async (name: Name, alone: boolean) => {
    const other = name === 'lb1' ? lb2 : lb1;
    if (visitor.last !== name || !(await isStable(all[name]))) return false;
    return alone || ((await isStable(other)) && !(await other.holds()));
  };
  const settles = async (name: Name, alone = false, forMs = 0) => {
    const limit = performance.now() + PATIENCE_MS;
    let since = Number.POSITIVE_INFINITY;
    while (performance.now() - since < forMs || since === Number.POSITIVE_INFINITY) {
      if (!(await isSettled(name, alone))) since = Number.POSITIVE_INFINITY;
      else since = Math.min(since, performance.now());
      if (performance.now() > limit)
        throw new Error(
          `${visitor.last} serves, expected ${name}\n${lb1.log()}\n${lb2.log()}`,
        );
      await sleep(50);
    }
  };
  return {
    ...all,
    visitor,
    holders,
    settles,
    rests: (name) => settles(name, false, REST_MS),
    async [Symbol.asyncDispose]() {
      await holders.close().finally(() => network.close());
    },
  };
}

async function isStable(one: Director): Promise<boolean> {
  const view = await one.status().catch(() => undefined);
  return view?.status === 'active' && view.isStable;
}

async function director(
  network: Network,
  name: Name,
  address: string,
  timing: Timing,
  served: Served,
): Promise<Director> {
  const host = await network.host(name, address);
  const at = (file: string) => join(host.folder, file);
  await mkdir(at('ha.d/resource.d'), { recursive: true });
  await mkdir(at('run'));
  await writeFile(at('ha.d/ha.cf'), haCf(timing, at('ha-log')));
  await writeFile(at('ha.d/authkeys'), 'auth 2\n2 sha1 TOPSECRETWORD\n', {
    mode: 0o600,
  });
  const word = await served(host, name);
  await writeFile(at('ha.d/haresources'), `lb1 ${ADDRESS} ${word}\n`);
  const places = [
    '--ha-dir',
    at('ha.d'),
    '--state-dir',
    at('lib'),
    '--run-dir',
    at('run'),
  ];
  const program = [PROGRAM, '--name', name, ...places];
  const addresses = new Addresses(host);
  let child: ChildProcess | undefined;
  return {
    host,
    start() {
      child = host.spawn(process.execPath, program, {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    },
    signal: (signal) => child?.kill(signal),
    command: (...words) => host.run(process.execPath, ...program, ...words),
    status: () => askStatus(at('run/l4heartbeat.sock')),
    holds: () => addresses.has(ADDRESS),
    log: () => `${name}:\n${readFileSync(at('ha-log'), 'utf8')}`,
  };
}

function haCf(timing: Timing, logfile: string): string {
  const lines = Object.entries(timing).map(([name, value]) => `${name} ${value}\n`);
  return `logfile ${logfile}
bcast eth0
${lines.join('')}udpport 694
node lb1
node lb2
uuidfrom nodename
respawn hacluster /usr/lib/heartbeat/ipfail
`;
}
