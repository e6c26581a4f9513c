import type { Scenario } from '../scenario.ts';

/** Weights that the two real servers have in turn: one of them takes all at times. */
const WEIGHTS: readonly (readonly [number, number])[] = [
  [1, 1],
  [5, 1],
  [0, 3],
  [2, 2],
  [4, 0],
];

/** What is changed while the subject runs, over its control socket. */
export const changes: readonly Scenario[] = [
  {
    name: 'weights are changed',
    peer: true,
    rounds: [10, 200],
    async play({ subject }, rounds) {
      for (let round = 0; round < rounds; round++) {
        const [one, two] = WEIGHTS[round % WEIGHTS.length] ?? [1, 1];
        // The one that is to take more goes first: never are both at 0.
        const order = [
          ['web1', one],
          ['web2', two],
        ] as const;
        for (const [name, weight] of one > two ? order : order.toReversed())
          await subject.set(name, `weight ${weight}`);
      }
      return {};
    },
  },
  {
    name: 'real servers are drained in turn, and let in again',
    peer: true,
    rounds: [4, 100],
    async play({ subject }, rounds) {
      for (let round = 0; round < rounds; round++) {
        const name = round % 2 === 0 ? 'web1' : 'web2';
        await subject.set(name, 'state drain');
        await subject.set(name, 'state ready');
      }
      return {};
    },
  },
];
