import t from 'tap';
import type { RealServer } from '../../../../../lib/engines/net/worker/real-server.ts';
import type {
  Booking,
  Switchboard,
} from '../../../../../lib/engines/net/worker/switchboard.ts';
import { Resting } from '../../../../../lib/engines/net/worker/udp/resting.ts';

const CLIENT = { address: Uint8Array.of(192, 0, 2, 1), port: 4000 };

/** Servers `a` and `b`, of which the first that is not left out is picked. */
function scene({ byCopies = false } = {}) {
  const clock = { now: 0 };
  const servers = ['a', 'b'].map((id) => {
    const one = {
      id,
      listed: true,
      answers: true,
      connections: [],
      record: { weight: 1 },
    };
    return one as unknown as RealServer;
  });
  const book = (_: unknown, leftOut: readonly RealServer[]) => {
    const server = servers.find((one) => !leftOut.includes(one));
    return server && ({ server, template: undefined } satisfies Booking);
  };
  const switchboard = { book } as unknown as Switchboard;
  const resting = new Resting(() => clock.now, byCopies);
  const [a, b] = servers;
  if (!a || !b) throw new RangeError('two servers');
  const picked = (...tried: RealServer[]) =>
    resting.book(switchboard, CLIENT, tried)?.server.id;
  return { clock, resting, picked, a, b };
}

t.test(
  'one that refused is left out, and one session tries it now and then',
  async (t) => {
    const { clock, resting, picked, a } = scene();
    t.equal(picked(), 'a');
    resting.refused(a);
    t.same([picked(), picked()], ['b', 'b']);
    clock.now = 2999;
    t.equal(picked(), 'b');
    clock.now = 3000;
    t.same([picked(), picked()], ['a', 'b'], 'one only');
    clock.now = 6000;
    t.same([picked(), picked()], ['a', 'b']);
    resting.answered(a);
    t.same([picked(), picked()], ['a', 'a']);
  },
);

t.test('where all rest they are tried all the same', async (t) => {
  const { resting, picked, a, b } = scene();
  resting.refused(a);
  resting.refused(b);
  t.equal(picked(), 'a');
  t.equal(picked(a), 'b');
  t.equal(picked(a, b), undefined);
});

t.test('one that left the table is forgotten', async (t) => {
  const { resting, picked, a } = scene();
  resting.refused(a);
  a.listed = false;
  t.equal(picked(), 'a', 'it is not left out any more');
});

t.test('one that never answers anybody has its full share after a rest', async (t) => {
  const { clock, resting, picked, a } = scene();
  a.answers = false;
  resting.refused(a);
  t.equal(picked(), 'b');
  clock.now = 3000;
  t.same([picked(), picked()], ['a', 'a']);
});

t.test('where copies are sent, no session tries one that refused', async (t) => {
  const { clock, resting, picked, a, b } = scene({ byCopies: true });
  t.same(resting.due(), []);
  resting.refused(a);
  clock.now = 2999;
  t.same(resting.due(), []);
  clock.now = 3000;
  t.equal(picked(), 'b');
  t.same([resting.due(), resting.due()], [[a], []], 'one copy in a while');
  clock.now = 6000;
  Object.assign(a.record, { weight: 0 });
  t.same(resting.due(), [], 'none to a server that is quiesced');
  resting.refused(b);
  t.equal(picked(), 'a', 'unless it is the last');
  resting.answered(a);
  t.same([picked(), picked()], ['a', 'a']);
});

t.test('what waits at one that refused is told', async (t) => {
  const { resting, a } = scene();
  const told: RealServer[] = [];
  const waiting = { abandon: (server: RealServer) => told.push(server) };
  Object.assign(a, { connections: [waiting, {}] });
  resting.refused(a);
  t.same(told, [a]);
});
