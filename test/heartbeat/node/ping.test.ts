import t from 'tap';
import type { Network } from './network.ts';
import { both, held, SECOND } from './scene.ts';

const PINGS = 'ping gateway\nrespawn hacluster /usr/lib/heartbeat/ipfail\n';

function rested(haCf: string): Network {
  const network = both(haCf);
  network.play(20 * SECOND);
  return network;
}

t.test('who does not reach the gateway gives everything to who does', async (t) => {
  const network = rested(PINGS);
  t.same(held(network), ['lb1', 'lb2']);
  network.unreachable.add('lb1 gateway');
  network.play(9 * SECOND);
  t.same(held(network), ['lb2', 'lb2'], 'deadping, two keepalives, and the scripts');
  network.play(60 * SECOND);
  t.same(held(network), ['lb2', 'lb2'], 'and it stays there');
  network.unreachable.delete('lb1 gateway');
  network.play(6 * SECOND);
  t.same(held(network), ['lb1', 'lb2'], 'back with auto_failback on');
  t.equal(network.holders.doubled(0, network.now), 0);
});

t.test('with auto_failback off it stays where it went', async (t) => {
  const network = rested(`${PINGS}auto_failback off`);
  network.unreachable.add('lb1 gateway');
  network.play(10 * SECOND);
  network.unreachable.delete('lb1 gateway');
  network.play(60 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
});

t.test(
  'a gateway that both have lost moves nothing, whoever lost it first',
  async (t) => {
    const network = rested(PINGS);
    network.unreachable.add('lb1 gateway');
    network.play(0.8 * SECOND);
    network.unreachable.add('lb2 gateway');
    network.play(60 * SECOND);
    t.same(held(network), ['lb1', 'lb2']);
    t.notOk(network.log.some((line) => line.includes('wants to go standby')));
  },
);

t.test('who stood still has not lost the gateway', async (t) => {
  const network = both(`${PINGS}deadtime 10\ndeadping 3\n`);
  network.play(40 * SECOND);
  network.freeze('lb1');
  network.play(4 * SECOND);
  network.thaw('lb1');
  network.play(20 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  t.notOk(network.log.some((line) => line.includes('gateway: is dead')));
});

t.test('who begins without the gateway gives its own to who reaches it', async (t) => {
  const network = both(PINGS);
  network.unreachable.add('lb1 gateway');
  network.play(40 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
});

t.test('without ipfail, or in legacy mode, nothing moves', async (t) => {
  for (const haCf of ['ping gateway\n', `${PINGS}auto_failback legacy`]) {
    const network = rested(haCf);
    network.unreachable.add('lb1 gateway');
    network.play(60 * SECOND);
    t.same(held(network), ['lb1', 'lb2']);
    t.ok(network.log.some((line) => line.includes('node gateway: is dead')));
  }
});

t.test(
  'a group is there while one of its hosts answers, and is asked as one',
  async (t) => {
    const network = both('ping_group routers 10.1.1.1 10.1.1.2\n');
    network.play(SECOND);
    const [, routers] = network.node('lb1').members;
    t.same(routers, {
      name: 'routers',
      status: 'ping',
      links: [{ name: 'routers', isUp: true }],
    });
    network.unreachable.add('lb1 routers');
    network.play(10 * SECOND);
    t.match(network.node('lb1').members[1], {
      status: 'dead',
      links: [{ isUp: false }],
    });
  },
);

t.test('all hosts are asked each keepalive', async (t) => {
  const network = both('ping a b\n');
  network.play(10.5 * SECOND);
  const asked = network.actions.filter(
    ({ type, name }) => type === 'ping' && name === 'lb1',
  );
  t.equal(asked.length, 22);
});

t.test('a way to the other node is up and dead, and both are told', async (t) => {
  const network = rested('');
  t.same(network.node('lb1').members, [
    { name: 'lb2', status: 'active', links: [{ name: 'eth0', isUp: true }] },
  ]);
  network.kill('lb2');
  network.play(10 * SECOND);
  t.match(network.node('lb1').members, [
    { status: 'dead', links: [{ name: 'eth0', isUp: false }] },
  ]);
  const links = network.log.filter((line) => line.includes('lb1 Link'));
  t.match(links, [/Link lb2:eth0 up\./, /Link lb2:eth0 dead\./]);
});
