import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Hold } from '../../../lib/heartbeat/ownership/hold.ts';
import { type Move, Moves } from '../../../lib/heartbeat/process/moves.ts';

type Ends = (hold: Hold) => Promise<Hold>;

async function played(ends: { acquire?: Ends; release?: Ends }, ...moves: Move[]) {
  const none: Ends = async () => 'none';
  const said: unknown[] = [];
  const all = new Moves({
    resources: { acquire: none, release: none, ...ends },
    log: (level, text) => said.push(`${level}: ${text}`),
    moved: ({ type, hold }, failed) => said.push([type, hold, failed]),
  });
  for (const move of moves) all.add(move);
  const wasMoving = all.isMoving;
  await all.idle;
  t.equal(all.isMoving, false);
  return { said, wasMoving };
}

t.test('whoever moves resources is told what did not start or stop', async (t) => {
  const { said, wasMoving } = await played(
    { acquire: async () => 'foreign', release: async () => 'local' },
    { type: 'release', hold: 'all', request: 1 },
    { type: 'acquire', hold: 'foreign', request: 1 },
  );
  t.equal(wasMoving, true);
  t.same(said, [
    ['release', 'all', 'local'],
    ['acquire', 'foreign', 'foreign'],
  ]);
});

t.test('of what ends in an error nothing is taken for done', async (t) => {
  const broken: Ends = () => Promise.reject(new Error('no ip'));
  const { said } = await played(
    { acquire: broken, release: broken },
    { type: 'acquire', hold: 'local', request: 1 },
    { type: 'release', hold: 'all', request: 1 },
  );
  t.same(said, [
    'error: resources (local) cannot be started: no ip',
    ['acquire', 'local', 'local'],
    'error: resources (all) cannot be stopped: no ip',
    ['release', 'all', 'all'],
  ]);
});

t.test('one begins when the last one has ended', async (t) => {
  const began: string[] = [];
  const slow = (name: string): Ends => {
    return async () => {
      began.push(name);
      await sleep(50);
      began.push(`${name} ended`);
      return 'none';
    };
  };
  await played(
    { acquire: slow('start'), release: slow('stop') },
    { type: 'acquire', hold: 'local', request: 1 },
    { type: 'release', hold: 'local', request: 1 },
  );
  t.same(began, ['start', 'start ended', 'stop', 'stop ended']);
});
