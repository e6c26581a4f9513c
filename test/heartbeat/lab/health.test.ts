import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { lab } from '../../support/lab.ts';
import { until } from '../../support/site.ts';
import { balanced } from './balanced.ts';
import { type Name, type TwoHosts, twoHosts } from './two-hosts.ts';

const KEEPALIVE_MS = 500;
const TIMING = {
  ...{ keepalive: '500ms', warntime: '1', deadtime: '2', initdead: '4' },
  auto_failback: 'yes',
} as const;
/** A check, three looks at it a second apart, two keepalives, two scripts, and a second until the listener sees the
 *  address. */
const MOVES_MS = 12_000;
/** Who was ill is well for ten seconds before he gets his own back. */
const RETURNS_MS = 10_000 + MOVES_MS;
/** In which an address that goes to and fro has come back twice. */
const COLD_MS = 35_000;

t.setTimeout(240_000);

/** @returns how long it took, milliseconds */
async function moves(
  t: Test,
  two: TwoHosts,
  act: () => unknown,
  { to, withinMs }: { readonly to: Name; readonly withinMs: number },
): Promise<number> {
  const since = performance.now();
  await act();
  await two.settles(to);
  const took = Math.round(performance.now() - since);
  const together = Math.round(two.holders.together(since));
  const outage = Math.round(two.visitor.outage(since));
  t.comment(
    `to ${to} after ${took} ms; nobody answered for ${outage} ms, both had it for ${together} ms`,
  );
  t.ok(took <= withinMs, `at ${to} after ${took} ms of ${withinMs}`);
  t.ok(together <= KEEPALIVE_MS, `both for ${together} ms`);
  return took;
}

/** Looks at the kernels all the time. */
async function stays(t: Test, { lb1, lb2 }: TwoHosts, forMs: number): Promise<void> {
  const end = performance.now() + forMs;
  let moved = 0;
  while (performance.now() < end) {
    const [one, two] = await Promise.all([lb1.holds(), lb2.holds()]);
    if (one || !two) moved++;
    await sleep(100);
  }
  t.equal(moved, 0, 'it is at lb2, and there alone');
}

t.test(
  'the address is where a director has somebody who serves',
  lab('namespaces'),
  async (t) => {
    const { served, webs } = balanced();
    await using two = await twoHosts(TIMING, served);
    const [web1, web2] = [webs.get('lb1'), webs.get('lb2')];
    two.lb1.start();
    two.lb2.start();
    await two.settles('lb1');

    const took = await moves(t, two, () => web1?.kill(), {
      to: 'lb2',
      withinMs: MOVES_MS,
    });
    t.match(two.lb1.log(), /lb1: services do not work/);

    await web2?.kill();
    await stays(t, two, took + 1000);
    const isIll = () => /lb2: services do not work/.test(two.lb2.log());
    await until(isIll, 'lb2 to be ill');
    await stays(t, two, 2000);
    t.equal(two.visitor.last, undefined);

    web2?.start();
    await two.settles('lb2');
    await moves(t, two, () => web1?.start(), { to: 'lb1', withinMs: RETURNS_MS });
    t.match(two.lb1.log(), /lb1: services work again/);
  },
);

t.test(
  'where no real server answers the address does not go to and fro',
  lab('namespaces'),
  async (t) => {
    const { served, webs } = balanced({ isWarm: false });
    await using two = await twoHosts(TIMING, served);
    two.lb1.start();
    two.lb2.start();
    await two.settles('lb1');
    await Promise.all([...webs.values()].map((web) => web.kill()));
    await sleep(COLD_MS);
    const offers = (['lb1', 'lb2'] as const).flatMap(
      (name) => two[name].log().match(RegExp(`${name} wants to go standby`, 'g')) ?? [],
    );
    t.same(offers, ['lb1 wants to go standby'], 'as lb2 might have been better');
    for (const web of webs.values()) web.start();
    await two.settles('lb2');
    await two.lb1.command('takeover');
    await two.rests('lb1');
    const ofLb1 = two.lb1.log().match(/lb1 wants to go standby/g);
    t.equal(ofLb1?.length, 1, 'it gave nothing back');
  },
);
