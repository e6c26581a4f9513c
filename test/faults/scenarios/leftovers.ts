import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon } from '../../lab/daemon.ts';
import { isDead } from '../../lab/leftovers.ts';
import type { Host } from '../../lab/network.ts';
import { now } from '../../lab/traffic.ts';
import type { Scenario } from '../scenario.ts';
import { everybody, oursOf, type Stage, served } from '../stage.ts';
import { socketOf } from '../subjects/l4director.ts';

function pidFileOf({ folder }: Host): string {
  return join(folder, 'run', 'ldirectord.ldirectord.cf.pid');
}

/** As a crash leaves it: nothing is tidied up. */
async function kill({ subject }: Stage): Promise<void> {
  const pid = await subject.pid();
  process.kill(pid, 'SIGKILL');
  while (!isDead(pid)) await sleep(10);
}

async function exits(daemon: Daemon, words: Readonly<Record<string, number>>) {
  for (const [word, code] of Object.entries(words)) {
    const answer = await daemon.command(word);
    if (answer.code !== code)
      throw new Error(`${word}: expected exit ${code}: ${JSON.stringify(answer)}`);
  }
}

/** Ends by any signal, and has the config on its command line. */
function somebodyElse({ director }: Stage) {
  const file = join(director.folder, 'ldirectord.cf');
  return director.spawn('tail', ['-f', file], { stdio: 'ignore' });
}

/** What another director, or nobody, has left where this one has its files. */
export const leftovers: readonly Scenario[] = [
  {
    name: 'the pid file is stale, and has the pid of another program',
    peer: false,
    further: { 'other programs signalled': 0 },
    rounds: [1, 5],
    async play(stage, rounds) {
      const daemon = oursOf(stage);
      const other = somebodyElse(stage);
      const from = now();
      for (let round = 0; round < rounds; round++) {
        await kill(stage);
        await writeFile(pidFileOf(stage.director), `${other.pid}\n`);
        await exits(daemon, { status: 1, reload: 1, stop: 0, 'try-restart': 0 });
        // The killed one's socket is still there: it is no hindrance.
        await exits(daemon, { start: 0, status: 0 });
        await daemon.status();
      }
      await served(stage);
      const signalled = other.exitCode === null && other.signalCode === null ? 0 : 1;
      return {
        costs: everybody(from, now()),
        further: { 'other programs signalled': signalled },
      };
    },
  },
  {
    name: 'another program listens on the control socket',
    peer: false,
    further: { 'sockets taken away': 0 },
    async play(stage) {
      const daemon = oursOf(stage);
      const path = socketOf(stage.director);
      const from = now();
      await kill(stage);
      await rm(path);
      let asked = 0;
      const other = createServer((client) => {
        asked++;
        client.on('error', () => {}).destroy();
      }).listen(path);
      await once(other, 'listening');
      await exits(daemon, { start: 1, status: 1 });
      const taken = asked > 0 && (await answers(path)) ? 0 : 1;
      other.close();
      await exits(daemon, { start: 0, status: 0 });
      await served(stage);
      return {
        costs: everybody(from, now()),
        further: { 'sockets taken away': taken },
      };
    },
  },
];

async function answers(path: string): Promise<boolean> {
  const client = connect({ path });
  const open = await once(client, 'connect').then(
    () => true,
    () => false,
  );
  client.destroy();
  return open;
}
