import t from 'tap';
import { hasRoom } from '../../../../../lib/engines/net/worker/udp/datagram-socket.ts';

t.test('a datagram too many is told by what waits already', async (t) => {
  const waiting = (bytes: number) => ({ getSendQueueSize: () => bytes });
  t.ok(hasRoom(waiting(0), 0), 'one of any size');
  t.notOk(hasRoom(waiting(1), 0));
  t.ok(hasRoom(waiting(1000), 1000));
  t.notOk(hasRoom(waiting(1001), 1000));
});
