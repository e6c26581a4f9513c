import { constants } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { failureOf, runProgram } from '../program.ts';
import { kernelWay } from './kernel-way.ts';

/** What neighbours are told: that this address is on this device. */
export interface Announced {
  readonly address: string;
  readonly family: 'inet' | 'inet6';
  readonly device: string;
}

/** How they are told. All ways take five seconds, as the stock script does. */
export interface Way {
  readonly name: string;
  readonly turns: number;
  /** Between the beginnings of turns, milliseconds. */
  readonly everyMs: number;
  /** @param turn  from 0
   *  @throws Error  when nothing was told */
  tell(announced: Announced, turn: number, signal: AbortSignal): Promise<void>;
}

/** Announcements, and the time between them, as Heartbeat has it. */
const COUNT = 20;
const EVERY_MS = 250;
/** For a program that sends one announcement. */
const ONE_MS = 2000;
/** For one that sends all. */
const ALL_MS = 15_000;
const BIN = ['/usr/libexec/heartbeat', '/usr/lib/heartbeat', '/usr/lib64/heartbeat'];
const SEND_ARP = BIN.map((folder) => `${folder}/send_arp`);
const SEND_UA = BIN.map((folder) => `${folder}/send_ua`);
/** Of iputils; Debian has another program of the name in /usr/sbin, with other options. */
const ARPING = ['/usr/bin/arping', '/sbin/arping', '/usr/sbin/arping'];

/** The best way that this host has: programs that say both kinds of ARP, and one address only, before the
 *  kernel, which says requests, and all addresses of the device. */
export async function findWay({ family }: Announced): Promise<Way> {
  if (family === 'inet6') {
    const sendUa = await first(SEND_UA);
    return sendUa === undefined ? kernelWay : bySendUa(sendUa);
  }
  const sendArp = await first(SEND_ARP);
  if (sendArp !== undefined) return bySendArp(sendArp);
  for (const path of ARPING) if (await isIputils(path)) return byArping(path);
  return kernelWay;
}

/** resource-agents': a request and a reply in turn, half of its interval apart. */
function bySendArp(path: string): Way {
  return {
    name: 'send_arp',
    turns: 1,
    everyMs: 0,
    tell: async ({ address, device }, _turn, signal) => {
      const pidFile = `/run/l4heartbeat-send_arp-${address}.pid`;
      // It refuses to begin where one has left its own; ours has ended.
      await rm(pidFile, { force: true });
      const pace = ['-i', String(2 * EVERY_MS), '-r', String(COUNT / 2), '-p', pidFile];
      const words = [...pace, device, address, 'auto', 'not_used', 'not_used'];
      try {
        await send(path, words, ALL_MS, signal);
      } finally {
        await rm(pidFile, { force: true });
      }
    },
  };
}

/** resource-agents' too. */
function bySendUa(path: string): Way {
  return {
    name: 'send_ua',
    turns: 1,
    everyMs: 0,
    tell: ({ address, device }, _turn, signal) => {
      const pace = ['-i', String(EVERY_MS), '-c', String(COUNT)];
      return send(path, [...pace, address, '64', device], ALL_MS, signal);
    },
  };
}

function byArping(path: string): Way {
  return {
    name: 'arping',
    turns: COUNT,
    everyMs: EVERY_MS,
    tell: ({ address, device }, turn, signal) => {
      const kind = turn % 2 === 0 ? '-U' : '-A';
      const words = ['-q', kind, '-c', '1', '-I', device, address];
      return send(path, words, ONE_MS, signal);
    },
  };
}

async function send(
  path: string,
  words: readonly string[],
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const failure = failureOf(await runProgram(path, words, { ms, signal }));
  if (failure !== undefined) throw new Error(`${path} ${words.join(' ')}: ${failure}`);
}

async function isIputils(path: string): Promise<boolean> {
  if ((await first([path])) === undefined) return false;
  const signal = new AbortController().signal;
  const { stdout } = await runProgram(path, ['-V'], { ms: ONE_MS, signal });
  return stdout.includes('iputils');
}

async function first(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
}
