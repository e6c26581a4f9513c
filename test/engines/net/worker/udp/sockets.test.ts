import t, { type Test } from 'tap';
import {
  Admission,
  admissionMemory,
} from '../../../../../lib/engines/net/admission.ts';
import type { RealServer } from '../../../../../lib/engines/net/worker/real-server.ts';
import { TimerWheel } from '../../../../../lib/engines/net/worker/timer-wheel.ts';
import { Sockets } from '../../../../../lib/engines/net/worker/udp/sockets.ts';
import type { Upstream } from '../../../../../lib/engines/net/worker/udp/upstream.ts';

const SERVER = { address: '127.0.0.1', port: 9 } as RealServer;
const TENANT = { heard() {}, failed() {} };

/** Of one of two workers that have so many places; nobody can be driven out. */
function socketsOf(
  t: Pick<Test, 'teardown'>,
  memory: SharedArrayBuffer,
  worker: number,
  limit: number,
) {
  const wheel = new TimerWheel(() => performance.now());
  const admission = new Admission(memory, worker);
  admission.limit = limit;
  const sockets = new Sockets({ wheel, admission, workers: 2, evict: () => false });
  const taken: Upstream[] = [];
  t.teardown(() => {
    for (const one of taken) sockets.close(one);
    sockets.closeAll();
    wheel.close();
  });
  /** As many as there are to be had. */
  const fill = () => {
    let count = 0;
    for (;;) {
      const upstream = sockets.take(SERVER, TENANT);
      if (!upstream) return count;
      taken.push(upstream);
      count++;
    }
  };
  const leave = () => {
    const upstream = taken.pop();
    if (upstream) sockets.close(upstream);
  };
  return { admission, fill, leave };
}

t.test('one worker may take all but what is set aside for others', async (t) => {
  const memory = admissionMemory(2);
  const one = socketsOf(t, memory, 0, 64); // 32 for UDP, 4 set aside for each
  const two = socketsOf(t, memory, 1, 64);
  t.equal(one.fill(), 24);
  t.equal(two.fill(), 4);
  one.leave();
  t.equal(two.fill(), 0);
  t.equal(one.fill(), 0, 'who has more than its share gives way');
  t.equal(one.admission.udp, 27);
  for (let n = 0; n < 23; n++) one.leave();
  t.equal(two.fill(), 20);
});

t.test('few places do for a few of each worker', async (t) => {
  const memory = admissionMemory(2);
  const workers = [0, 1].map((worker) => socketsOf(t, memory, worker, 6));
  t.same(
    workers.map(({ fill }) => fill()),
    [4, 2],
    'the limit holds for all',
  );
});

t.test('the places of a dead worker are free again', async (t) => {
  const memory = admissionMemory(2);
  const one = socketsOf(t, memory, 0, 64);
  const dead = new Admission(memory, 1);
  for (let n = 0; n < 20; n++) dead.countUdp(1);
  t.equal(one.fill(), 4);
  one.admission.bury(1);
  t.equal(one.fill(), 20);
});
