import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canShare } from '../../../lib/engines/net/crew/worker-count.ts';
import { now } from '../../lab/traffic.ts';
import { VIP } from '../places.ts';
import type { Cost, Scenario } from '../scenario.ts';
import { everybody, oursOf, SLACK_MS, type Stage, served } from '../stage.ts';

const SOON_MS = 2000;
const REPLACED_MS = 30_000;
/** How long a thread may hang. */
const HANG_MS = 2000;

async function tell({ subject }: Stage, signal: NodeJS.Signals): Promise<void> {
  process.kill(await subject.pid(), signal);
}

/** How often a thread has taken the place of another. */
async function replaced(stage: Stage): Promise<number> {
  const { workers } = await oursOf(stage).status();
  return workers.reduce((sum, { restarts }) => sum + restarts, 0);
}

async function replacedSince(stage: Stage, before: number): Promise<void> {
  const deadline = now() + REPLACED_MS;
  while ((await replaced(stage)) === before) {
    if (now() > deadline)
      throw new Error(`no thread is replaced within ${REPLACED_MS} ms`);
    await sleep(50);
  }
}

/** A thread goes, so often, and another takes its place.
 *  @param go  has it go; how often one was replaced before is given to it
 *  @returns   the longest of its times, in milliseconds */
async function threadsGo(
  stage: Stage,
  rounds: number,
  go: (before: number) => Promise<number>,
): Promise<{ readonly costs: readonly Cost[]; readonly longest: number }> {
  const costs: Cost[] = [];
  let longest = 0;
  for (let round = 0; round < rounds; round++) {
    const before = await replaced(stage);
    const from = now();
    longest = Math.max(longest, await go(before));
    costs.push(...everybody(from, now()));
    await replacedSince(stage, before);
    await sleep(500);
  }
  return { costs, longest };
}

/** What happens to the director itself. */
export const director: readonly Scenario[] = [
  {
    name: 'the config is read again',
    peer: true,
    rounds: [4, 200],
    async play({ subject }, rounds) {
      for (let round = 0; round < rounds; round++) await subject.reload();
      return {};
    },
  },
  {
    name: 'a config that cannot be read is read',
    peer: true,
    rounds: [2, 100],
    async play({ subject }, rounds) {
      for (let round = 0; round < rounds; round++) await subject.reload(true);
      return {};
    },
  },
  {
    name: 'the program is upgraded',
    peer: true,
    rounds: [2, 20],
    lacks: () =>
      canShare(process.versions.node)
        ? undefined
        : `Node ${process.versions.node} cannot share an address: 22.12 can`,
    async play({ subject }, rounds) {
      for (let round = 0; round < rounds; round++) {
        await subject.upgrade();
        await sleep(500);
      }
      return {};
    },
  },
  {
    name: 'a worker thread dies',
    peer: false,
    rounds: [1, 20],
    further: { 'served again after ms': SOON_MS },
    async play(stage, rounds) {
      const { costs, longest } = await threadsGo(stage, rounds, async (before) => {
        const from = now();
        await tell(stage, 'SIGPWR');
        await replacedSince(stage, before);
        await served(stage);
        return now() - from;
      });
      return { costs, further: { 'served again after ms': Math.round(longest) } };
    },
  },
  {
    name: 'a worker thread hangs',
    peer: false,
    rounds: [1, 5],
    ini: `[net]\nworker-timeout = ${HANG_MS / 1000}s\n`,
    env: { FAULT_SPIN: 'FOLDER/spin' },
    bounds: { pauseMs: HANG_MS + SLACK_MS },
    further: { 'replaced after ms': HANG_MS + SLACK_MS },
    async play(stage, rounds) {
      const { costs, longest } = await threadsGo(stage, rounds, async (before) => {
        const from = now();
        await writeFile(join(stage.director.folder, 'spin'), '');
        await replacedSince(stage, before);
        const ms = now() - from;
        await served(stage);
        return ms;
      });
      return { costs, further: { 'replaced after ms': Math.round(longest) } };
    },
  },
  {
    name: 'the main thread is blocked',
    peer: false,
    async play(stage) {
      const { blockMs } = stage.form;
      const deadline = now() + blockMs + 10 * SLACK_MS;
      await tell(stage, 'SIGSTKFLT');
      // The main thread answers when it can, and takes the signal when that has its turn: it is asked all the time.
      let longest = 0;
      while (longest < 0.9 * blockMs) {
        if (now() > deadline)
          throw new Error(`it was blocked for ${Math.round(longest)} ms only`);
        const asked = now();
        await oursOf(stage).status();
        longest = Math.max(longest, now() - asked);
      }
      return {};
    },
  },
  {
    name: 'no file descriptors are left',
    peer: true,
    further: { 'served again after ms': SOON_MS },
    async play(stage) {
      const pid = await stage.subject.pid();
      const limit = (count: string) =>
        stage.director.run('prlimit', `--nofile=${count}`, '-p', String(pid));
      const from = now();
      await limit('100:');
      await sleep(3000);
      await limit('20000:');
      const again = await served(stage);
      // Those who stay are none of them.
      return {
        costs: [{ server: '', from, until: now() }],
        further: { 'served again after ms': Math.round(again) },
      };
    },
  },
  {
    name: 'the virtual address goes, and comes back',
    peer: true,
    rounds: [1, 5],
    bounds: { pauseMs: 4000 },
    async play({ director }, rounds) {
      const costs: Cost[] = [];
      for (let round = 0; round < rounds; round++) {
        const from = now();
        await director.removeAddress(`${VIP}/24`);
        await sleep(1000);
        await director.addAddress(`${VIP}/24`);
        await sleep(1000);
        costs.push({ server: '', from, until: now() });
      }
      return { costs };
    },
  },
];
