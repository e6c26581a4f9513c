import { setTimeout as sleep } from 'node:timers/promises';
import { canShare } from '../../../lib/engines/net/worker-count.ts';
import type { Scenario } from '../scenario.ts';

/** What happens to the director itself. */
export const director: readonly Scenario[] = [
  {
    name: 'the config is read again',
    peer: true,
    rounds: [10, 200],
    async play({ subject }, rounds) {
      for (let round = 0; round < rounds; round++) await subject.reload();
      return {};
    },
  },
  {
    name: 'a config that cannot be read is read',
    peer: true,
    rounds: [5, 100],
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
];
