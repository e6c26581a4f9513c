import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { processesIn } from '../../lab/leftovers.ts';
import { serverAt } from '../../support/engine-rig.ts';
import {
  activeOf,
  entry,
  hold,
  type KernelStage,
  kernelStage,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const SERVERS = [serverAt(WEB1, 80), serverAt(WEB2, 80)];

/** Who listens to conntrack's events on the director. */
function listeners({ director }: KernelStage): number {
  return processesIn(director.namespace).filter((pid) =>
    commandOf(pid).includes('conntrack\0-E\0'),
  ).length;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // It has just ended.
  }
}

t.test(
  'events are listened to where the picking follows them only',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const until = async (count: number) => {
      while (listeners(stage) !== count) await sleep(20);
    };
    await engine.apply([entry({ scheduler: 'wrr' }, SERVERS)]);
    await hold(stage.client, `TCP:${VIP}:80`);
    t.strictSame(await activeOf(engine), [1, 0], 'what is asked for is read then');
    t.equal(listeners(stage), 0, 'nobody needed an event for it');
    await engine.apply([entry({ scheduler: 'wlc' }, SERVERS)]);
    await until(1);
    await hold(stage.client, `TCP:${VIP}:80`);
    while (String(await activeOf(engine)) !== '1,1') await sleep(20);
    await engine.apply([entry({ scheduler: 'wrr' }, SERVERS)]);
    await until(0);
    await hold(stage.client, `TCP:${VIP}:80`);
    await hold(stage.client, `TCP:${VIP}:80`);
    await sleep(1000);
    t.strictSame(await activeOf(engine), [2, 2], 'and read again');
    await engine.apply([
      entry({ scheduler: 'wrr' }, [
        serverAt(WEB1, 80, { upper: 5 }),
        serverAt(WEB2, 80),
      ]),
    ]);
    await until(1);
    await engine.close({ clean: true });
    t.equal(listeners(stage), 0);
  },
);
