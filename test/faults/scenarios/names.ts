import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon } from '../../lab/daemon.ts';
import { now } from '../../lab/traffic.ts';
import { PORT, REALS } from '../places.ts';
import type { Scenario } from '../scenario.ts';
import { oursOf } from '../stage.ts';

const HOSTS = Object.entries(REALS)
  .map(([name, address]) => `${address} ${name}.example\n`)
  .join('');
const BY_NAME = Object.entries(REALS).map(
  ([name, address]) => [`${address}:`, `${name}.example:`] as const,
);
/** The name server is asked by the command, and by the director. */
const LATE_MS = 30_000;

/** Has it read its config again, until it says that this is in force, or is not. */
async function reload(daemon: Daemon, taken: boolean): Promise<void> {
  const { code } = await daemon.command('reload');
  if ((code === 0) !== taken) throw new Error(`reload: exit ${code}`);
  const deadline = now() + LATE_MS;
  while (((await daemon.status()).configError === null) !== taken) {
    if (now() > deadline)
      throw new Error(`the reload is not ${taken ? 'taken' : 'refused'}`);
    await sleep(50);
  }
}

/** What happens to names of real servers. */
export const names: readonly Scenario[] = [
  {
    name: 'names of real servers are not found at a reload',
    peer: false,
    etc: {
      hosts: HOSTS,
      // Nobody is there, as with a name server that is down.
      'resolv.conf': 'nameserver 10.1.1.200\noptions timeout:1 attempts:1\n',
    },
    further: { 'servers that left': 0 },
    rounds: [1, 10],
    async play(stage, rounds) {
      const daemon = oursOf(stage);
      const hosts = join(stage.director.folder, 'etc', 'hosts');
      const named = BY_NAME.reduce(
        (text, [address, name]) => text.replaceAll(address, name),
        stage.config,
      );
      await daemon.write(named);
      await stage.subject.reload();
      let left = 0;
      for (let round = 0; round < rounds; round++) {
        await writeFile(hosts, '');
        await reload(daemon, false);
        const { reals } = await daemon.service();
        const there = Object.values(REALS).filter((address) =>
          reals.some(({ id, weight }) => id === `${address}:${PORT}` && weight > 0),
        );
        left = Math.max(left, Object.keys(REALS).length - there.length);
        await writeFile(hosts, HOSTS);
        await reload(daemon, true);
      }
      return { further: { 'servers that left': left } };
    },
  },
];
