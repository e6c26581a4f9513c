import {
  type ChildProcess,
  execFile,
  type SpawnOptions,
  spawn,
} from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { setImmediate as nextTick } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  folderOf,
  isDead,
  networkPrefix,
  processesIn,
  removeNamespaces,
  sendSignal,
  sweepLeftovers,
} from './leftovers.ts';
import { now } from './traffic.ts';

const run = promisify(execFile);

/** A machine of the lab: a network namespace with one link to the switch. */
export interface Host {
  readonly name: string;
  readonly namespace: string;
  /** Its own folder for configs, logs and pages; removed with the network. */
  readonly folder: string;
  /** Runs a program to its end and gives its output; rejects when it fails. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  /** Starts a program there. It ends with the network at the latest. */
  spawn(command: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** `10.1.1.19/24` or `2001:db8::1/64`, on its link. */
  addAddress(address: string): Promise<void>;
  removeAddress(address: string): Promise<void>;
  /** Cuts or restores its link, at the switch: the host itself sees a carrier as before. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** kill -9 to everything that runs there; resolves when nothing does. */
  killAll(): Promise<Span>;
}

/** On the clock of {@link now}. */
export interface Span {
  readonly began: number;
  readonly ended: number;
}

/** Hosts joined by a switch, all of them in namespaces of their own. */
export interface Network extends AsyncDisposable {
  host(name: string, ...addresses: readonly string[]): Promise<Host>;
  close(): Promise<void>;
}

const networks = new Set<string>();
let cleansUpAtTheEnd = false;

function removeAll(): void {
  for (const prefix of networks) removeNamespaces(prefix);
  networks.clear();
}

function removeWhenThisProcessEnds(prefix: string): void {
  networks.add(prefix);
  if (!cleansUpAtTheEnd) {
    cleansUpAtTheEnd = true;
    process.once('exit', removeAll);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => {
        removeAll();
        process.kill(process.pid, signal);
      });
  }
}

/** A network with a switch and no hosts yet. Needs root. It is removed with everything that
 *  runs in it by `close`, at the latest when this process ends; should this process be
 *  killed, by the next one that makes a network. */
export async function createNetwork(): Promise<Network> {
  sweepLeftovers();
  const prefix = networkPrefix();
  const lan = `${prefix}switch`;
  removeWhenThisProcessEnds(prefix);
  await run('ip', ['netns', 'add', lan]);
  await run('ip', ['-n', lan, 'link', 'add', 'bridge', 'type', 'bridge']);
  await run('ip', ['-n', lan, 'link', 'set', 'bridge', 'up']);
  const close = async () => {
    removeNamespaces(prefix);
    networks.delete(prefix);
  };
  return {
    host: (name, ...addresses) => createHost(lan, `${prefix}${name}`, name, addresses),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function createHost(
  lan: string,
  namespace: string,
  name: string,
  addresses: readonly string[],
): Promise<Host> {
  const inside = (...args: string[]) => run('ip', ['-n', namespace, ...args]);
  const port = (...args: string[]) =>
    run('ip', ['-n', lan, 'link', 'set', name, ...args]);
  const link = ['link', 'add', 'eth0', 'netns', namespace, 'type', 'veth'];
  await run('ip', ['netns', 'add', namespace]);
  await run('ip', [...link, 'peer', 'name', name, 'netns', lan]);
  await port('master', 'bridge', 'up');
  await inside('link', 'set', 'lo', 'up');
  await inside('link', 'set', 'eth0', 'up');
  await mkdir(folderOf(namespace));
  const host: Host = {
    name,
    namespace,
    folder: folderOf(namespace),
    run: async (command, ...args) =>
      (await run('ip', ['netns', 'exec', namespace, command, ...args])).stdout,
    spawn: (command, args, options = {}) =>
      spawn('ip', ['netns', 'exec', namespace, command, ...args], options),
    addAddress: async (address) => {
      // Without nodad an IPv6 address cannot be used for its first second or two.
      const nodad = address.includes(':') ? ['nodad'] : [];
      await inside('address', 'add', address, 'dev', 'eth0', ...nodad);
    },
    removeAddress: async (address) => {
      await inside('address', 'delete', address, 'dev', 'eth0');
    },
    cut: async () => {
      await port('nomaster');
    },
    restore: async () => {
      await port('master', 'bridge');
    },
    killAll: () => killAll(namespace),
  };
  for (const address of addresses) await host.addAddress(address);
  return host;
}

async function killAll(namespace: string): Promise<Span> {
  const pids = processesIn(namespace);
  const began = now();
  // What one of them started may end with it.
  for (const pid of pids) sendSignal(pid, 'SIGKILL');
  while (!pids.every(isDead)) await nextTick();
  return { began, ended: now() };
}
