import t from 'tap';
import type { MemberStatus } from '../../../lib/heartbeat/membership/member.ts';
import { Membership } from '../../../lib/heartbeat/membership/membership.ts';

const SECOND = 1000;

function membership(pings: readonly string[] = []) {
  const members = new Membership({
    others: ['lb2'],
    pings,
    deadAfterMs: 10 * SECOND,
    pingDeadAfterMs: 5 * SECOND,
    lateAfterMs: 5 * SECOND,
    initDeadAfterMs: 20 * SECOND,
    startedAt: 0,
  });
  const hear = (second: number, status: MemberStatus = 'active', generation = 1) =>
    members.hear(
      'lb2',
      { status, deadAfterMs: 8 * SECOND, generation },
      second * SECOND,
    );
  const look = (second: number) => members.look(second * SECOND);
  return { members, hear, look };
}

t.test('communication is up when all are heard, or their time is over', async (t) => {
  const together = membership();
  t.same(together.hear(1, 'up'), [
    { type: 'status', node: 'lb2', status: 'up' },
    { type: 'communication-up' },
  ]);
  const alone = membership();
  t.equal(alone.members.nextAt, 20 * SECOND);
  t.same(alone.look(19.9), []);
  t.same(alone.look(20), [{ type: 'dead', node: 'lb2' }, { type: 'communication-up' }]);
  t.ok(alone.members.isUp);
});

t.test('a router that does not answer holds it up', async (t) => {
  const { members, hear, look } = membership(['10.1.1.1']);
  hear(1);
  t.notOk(members.isUp);
  t.same(look(15), [], 'nobody dies before');
  t.same(look(20), [{ type: 'dead', node: '10.1.1.1' }, { type: 'communication-up' }]);
  t.same(look(20), [{ type: 'dead', node: 'lb2' }], 'whose silence is too long by now');
});

t.test('a node is dead when it was silent for as long as it said itself', async (t) => {
  const { members, hear, look } = membership();
  hear(1);
  hear(3);
  t.equal(members.nextAt, 11 * SECOND);
  t.same(look(10.9), []);
  t.same(look(11), [{ type: 'dead', node: 'lb2' }]);
  t.same(look(12), [], 'once');
  t.equal(members.nextAt, Number.POSITIVE_INFINITY);
});

t.test(
  'one that comes late is told of, and one that comes too late has died',
  async (t) => {
    const { hear } = membership();
    hear(1);
    t.same(hear(7), [{ type: 'late', node: 'lb2', ms: 6 * SECOND }]);
    t.match(hear(16), [
      { type: 'late' },
      { type: 'dead' },
      { type: 'healed' },
      { type: 'status', status: 'active' },
    ]);
  },
);

t.test(
  'a run that goes on after a death is a partition that healed; a new one is a restart',
  async (t) => {
    const { hear, look } = membership();
    hear(1);
    look(30);
    t.match(hear(31), [
      { type: 'late' },
      { type: 'healed', node: 'lb2' },
      { type: 'status' },
    ]);
    look(60);
    t.same(hear(61, 'init', 2), [
      { type: 'restarted', node: 'lb2' },
      { type: 'status', node: 'lb2', status: 'init' },
    ]);
  },
);

t.test('who is no member is not heard', async (t) => {
  const { members, hear } = membership();
  hear(1);
  t.same(members.hear('lb9', { status: 'up', deadAfterMs: 1, generation: 1 }, 2), []);
  t.same(
    members.alive.map(({ name }) => name),
    ['lb2'],
  );
});

t.test(
  'any message of a new run is its beginning, also before it is missed',
  async (t) => {
    const { members, hear } = membership();
    t.same(members.begin('lb2', 1, SECOND), [], 'nothing was known of it');
    hear(1);
    t.same(members.begin('lb2', 1, 2 * SECOND), []);
    t.same(members.begin('lb2', 2, 2 * SECOND), [
      { type: 'restarted', node: 'lb2' },
      { type: 'status', node: 'lb2', status: 'init' },
    ]);
    t.same(hear(3, 'init', 2), [], 'once');
  },
);

t.test('who stood still gives the others time to be heard', async (t) => {
  const { members, hear, look } = membership();
  hear(1);
  members.excuse(31 * SECOND);
  t.same(look(30), []);
  t.same(look(31), [{ type: 'dead', node: 'lb2' }]);
});
