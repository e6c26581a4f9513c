import t from 'tap';
import { startAgent } from '../../lab/agent.ts';
import { createNetwork } from '../../lab/network.ts';
import { now } from '../../lab/traffic.ts';
import { comes, outage, VIP } from '../../support/director-pair.ts';
import { lab } from '../../support/lab.ts';
import { PacemakerNode } from './pacemaker-node.ts';

t.setTimeout(400_000);

/** A monitor in five seconds, or corosync's token and consensus of 3 s and 3.6 s, and a director that stops and
 *  starts; the rest is for a busy machine. */
const MOST_MS = 60_000;

t.test(
  'pacemaker moves the address to a warm director, or the director with the address',
  lab('root', 'namespaces', 'pacemaker', 'corosync', 'resource-agents'),
  async (t) => {
    await using network = await createNetwork();
    const web = startAgent(await network.host('web', '10.1.1.21/24', '10.1.1.22/24'));
    await web.do('serveBulk', 80, 2 ** 20);
    const client = startAgent(await network.host('client', '10.1.1.100/24'));
    const one = await PacemakerNode.start(network, 1);
    const two = await PacemakerNode.start(network, 2);
    const url = `http://${VIP}/bytes/10`;
    const marks: (readonly [what: string, from: number, to: number])[] = [];
    const act = async (
      what: string,
      how: () => Promise<unknown>,
      moved: () => Promise<boolean>,
    ) => {
      const from = now();
      await how();
      await comes(moved, what, MOST_MS);
      await comes(async () => (await client.do('visit', url)).outcome === 'ok', what);
      marks.push([what, from, now()]);
    };
    await comes(
      async () => (await one.sees(one)) && (await one.sees(two)),
      'both nodes',
      MOST_MS,
    );

    const load = client.do('load', url, 10);
    await one.configure('clone.xml');
    await one.settle();
    const [active, warm] = (await one.hasAddress()) ? [one, two] : [two, one];
    t.match(await client.do('visit', url), { outcome: 'ok' }, 'it serves');
    t.notOk(await warm.hasAddress(), 'one node has the address');
    const warmPid = await warm.director();
    t.ok(warmPid, 'the other one has a director too');
    await comes(() => warm.isReady(), 'a standby that knows its real servers');
    await act(
      'standby of the node, as a clone',
      () => active.standby('on'),
      () => warm.hasAddress(),
    );
    t.notOk(await active.hasAddress(), 'the address has moved');
    t.equal(await warm.director(), warmPid, 'to a director that was there before');
    await active.standby('off');
    await comes(() => active.isReady(), 'a director on the other node again');
    t.ok(await warm.hasAddress(), 'and the address stays where it is');
    await one.clear();
    await one.settle();

    await one.configure('group.xml');
    await one.settle();
    const [here, there] = (await one.hasAddress()) ? [one, two] : [two, one];
    t.match(await client.do('visit', url), { outcome: 'ok' }, 'it serves');
    t.notOk(await there.hasAddress(), 'the other node has no address');
    t.notOk(await there.director(), 'and no director');

    const pid = await here.director();
    await act(
      'kill -9 of the director',
      () => here.run('kill', '-9', `${pid}`),
      async () => (await here.director()) !== pid,
    );
    await here.settle();
    t.equal(await here.failures('director'), 1, 'a monitor has found it');
    t.ok(await here.hasAddress(), 'the address has stayed');

    await act(
      'standby of the node',
      () => here.standby('on'),
      () => there.hasAddress(),
    );
    t.notOk(await here.hasAddress(), 'one node has the address');
    t.notOk(await here.director(), 'the director was stopped in good order');
    await here.standby('off');
    await here.settle();
    t.ok(await there.hasAddress(), 'it stays where it is when the other node is back');

    await act(
      'death of the node',
      () => there.die(),
      () => here.hasAddress(),
    );
    await client.do('endLoad', url);
    const visits = await load;
    for (const [what, from, to] of marks) {
      const ms = Math.round(outage(visits, from, to));
      t.comment(`${what}: nobody served for ${ms} ms`);
      t.ok(ms < MOST_MS, `${what}: ${ms} ms`);
    }
  },
);
