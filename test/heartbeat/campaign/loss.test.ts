import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { lab } from '../../support/lab.ts';
import { twoHosts } from '../lab/two-hosts.ts';
import { lose, lost } from './loss.ts';

t.setTimeout(600_000);

/** Fifteen in a row must be lost before a node is taken for dead that is not. */
const TIMING = {
  keepalive: '500ms',
  warntime: '2',
  deadtime: '8',
  initdead: '8',
  auto_failback: 'no',
} as const;
const BOUND_MS = 8000 + 1000;
/** For which a busy machine may keep the client waiting. */
const STALL_MS = 3000;
const QUIET_MS = process.env.HEARTBEAT === 'long' ? 300_000 : 30_000;
/** Far less than what 30 % of two a second are. */
const LEAST_LOST = QUIET_MS / 4000;

t.test(
  'two of ours, with a loss of 30 % in both directions',
  lab('namespaces', 'apache2', 'nft'),
  async (t) => {
    await using two = await twoHosts(TIMING);
    const { lb1, lb2, visitor, holders } = two;
    for (const { host } of [lb1, lb2]) await lose(host);
    lb1.start();
    lb2.start();
    await two.settles('lb1');
    const quiet = performance.now();
    await sleep(QUIET_MS);
    const outage = Math.round(visitor.outage(quiet));
    t.ok(outage <= STALL_MS, `nothing happens for ${QUIET_MS} ms: ${outage} ms`);
    for (const node of [lb1, lb2]) {
      t.notMatch(node.log(), /: is dead|acquired from/, 'nobody takes over');
      const count = await lost(node.host);
      t.ok(count >= LEAST_LOST, `${count} were lost`);
    }
    const story = [
      ['standby', () => lb1.command('standby'), 'lb2', false],
      ['takeover', () => lb1.command('takeover'), 'lb1', false],
      ['kill -9', () => lb1.host.killAll(), 'lb2', true],
    ] as const;
    for (const [name, act, by, alone] of story) {
      const since = performance.now();
      await act();
      await two.settles(by, alone);
      const ms = Math.round(visitor.outage(since));
      t.ok(ms <= BOUND_MS, `${name}: nobody answered for ${ms} ms`);
      if (!alone) t.equal(holders.together(since), 0, `${name}: one has it`);
    }
  },
);
