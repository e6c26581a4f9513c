import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { processesIn } from '../../lab/leftovers.ts';
import { now } from '../../lab/traffic.ts';
import { PORT, VIP } from '../places.ts';
import type { Scenario } from '../scenario.ts';
import { CHECKED, longestCheckGap, SLACK_MS, type Stage } from '../stage.ts';

const run = promisify(execFile);

/** How long each of them would sleep: nothing else on this host does so. */
const WORDS = 'sleep 86399';
/** A check's time-out, the mercy of a signal that is not heeded, and a busy machine. */
const ENDED_MS = 20_000;
/** Until a dead child is asked for, on a busy machine. */
const ASKED_FOR_MS = 5000;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly zombie: boolean;
  readonly line: string;
}

async function processes(): Promise<readonly Process[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,stat=,args=']);
  return stdout.split('\n').flatMap((text) => {
    const [, pid, parent, state, line = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(text) ?? [];
    if (state === undefined) return [];
    const zombie = state.startsWith('Z');
    return [{ pid: Number(pid), parent: Number(parent), zombie, line }];
  });
}

/** Scripts, and what they started, that are there now. */
async function hanging({ director }: Stage): Promise<number> {
  const inside = new Set(processesIn(director.namespace));
  return (await processes()).filter(
    ({ pid, line }) => inside.has(pid) && line.includes(WORDS),
  ).length;
}

async function scriptsHang(stage: Stage): Promise<void> {
  const deadline = now() + ENDED_MS;
  while ((await hanging(stage)) === 0) {
    if (now() > deadline) throw new Error('no check script hangs');
    await sleep(50);
  }
}

/** Those that are still there when that time is over. */
async function scriptsLeft(stage: Stage): Promise<number> {
  const deadline = now() + ENDED_MS;
  for (;;) {
    const left = await hanging(stage);
    if (left === 0 || now() > deadline) return left;
    await sleep(100);
  }
}

/** Dead children that the director does not ask for: those that it asks for are gone soon. */
async function zombies({ subject }: Stage): Promise<number> {
  const parent = await subject.pid();
  const look = async () =>
    (await processes()).filter((one) => one.zombie && one.parent === parent);
  const before = new Set((await look()).map(({ pid }) => pid));
  const deadline = now() + ASKED_FOR_MS;
  for (;;) {
    const left = (await look()).filter(({ pid }) => before.has(pid)).length;
    if (left === 0 || now() > deadline) return left;
    await sleep(100);
  }
}

const SERVICE = `virtual=${VIP}:8080
    real=10.1.1.101->10.1.1.110:${PORT} masq
    checktype=external
    checktimeout=1
    checkcommand=/bin/sh -c 'trap "" TERM; ${WORDS} & ${WORDS}'
`;

/** What check scripts do to the director. */
export const scripts: readonly Scenario[] = [
  {
    name: 'check scripts of another service hang, and ignore TERM',
    peer: false,
    config: SERVICE,
    further: {
      zombies: 0,
      'scripts left': 0,
      'longest gap between checks, ms': CHECKED.intervalMs + SLACK_MS,
    },
    rounds: [3, 30], // seconds
    async play(stage, seconds) {
      const { daemon, config } = stage;
      const from = now();
      await scriptsHang(stage);
      await sleep(seconds * 1000);
      const gap = await longestCheckGap(stage, from);
      const dead = await zombies(stage);
      await daemon?.write(config.replace(SERVICE, ''));
      await daemon?.command('reload');
      return {
        further: {
          zombies: dead,
          'scripts left': await scriptsLeft(stage),
          'longest gap between checks, ms': gap,
        },
      };
    },
  },
];
