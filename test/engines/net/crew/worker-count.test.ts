import t from 'tap';
import {
  canShare,
  workerCount,
} from '../../../../lib/engines/net/crew/worker-count.ts';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';

t.test('a Node that can share a port has as many workers as are wished', async (t) => {
  const cases = [
    ['auto', 1, 1],
    ['auto', 4, 4],
    ['auto', 128, 8],
    [1, 4, 1],
    [3, 1, 3],
    [64, 2, 64],
  ] as const;
  for (const [wish, processors, workers] of cases)
    t.same(workerCount(wish, { processors, node: '24.1.0' }), { workers });
});

t.test(
  'an older one has one, and says so where that is not what was wished',
  async (t) => {
    const old = { processors: 4, node: '20.19.0' };
    for (const wish of ['auto', 4] as const)
      t.same(workerCount(wish, old), {
        workers: 1,
        notice:
          'One worker thread instead of 4: more need Node 22.12 or later, and this is 20.19.0',
      });
    t.same(workerCount(1, old), { workers: 1 });
    t.same(workerCount('auto', { ...old, processors: 1 }), { workers: 1 });
  },
);

t.test('ports can be shared since 22.12, and since 23.1', async (t) => {
  const can = ['22.12.0', '22.22.3', '23.1.0', '24.0.0', '26.1.0'];
  const cannot = ['18.20.0', '20.19.0', '22.11.9', '23.0.0', ''];
  for (const node of can) t.ok(canShare(node), node);
  for (const node of cannot) t.notOk(canShare(node), node);
});

t.test(
  'an engine has what this Node allows, and says once what it does not',
  async (t) => {
    const engine = createNetEngine({ workers: 3 });
    const shares = canShare(process.versions.node);
    t.equal(engine.workers().length, shares ? 3 : 1);
    await engine.close({ clean: true });
    const messages = [];
    for await (const event of engine.events) messages.push(event);
    const notice = { type: 'notice', message: 'One worker thread instead of 3' };
    t.match(messages, shares ? [] : [notice]);
    t.equal(messages.length, shares ? 0 : 1);
  },
);
