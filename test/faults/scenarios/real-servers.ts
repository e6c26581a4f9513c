import { setTimeout as sleep } from 'node:timers/promises';
import type { Way } from '../../lab/behaving.ts';
import { processesIn } from '../../lab/leftovers.ts';
import type { Host } from '../../lab/network.ts';
import { now } from '../../lab/traffic.ts';
import type { Cost, Outcome, Scenario } from '../scenario.ts';
import { ails, CHECKED, led, SLACK_MS, type Stage, startReal } from '../stage.ts';

/** A check, that it finds nobody, and that the next pick knows. */
const NOTICED = CHECKED.intervalMs + CHECKED.timeoutMs + SLACK_MS;

function signal(host: Host, name: NodeJS.Signals): void {
  for (const pid of processesIn(host.namespace)) process.kill(pid, name);
}

/** `web2` ails, is noticed, and mends. */
function ailing(
  name: string,
  fault: (stage: Stage) => Promise<unknown>,
  mend: (stage: Stage) => Promise<unknown>,
  bounds: Scenario['bounds'] = {},
): Scenario {
  return {
    name,
    peer: true,
    bounds,
    further: { 'noticed after ms': NOTICED },
    async play(stage) {
      const { cost, noticedMs } = await ails(
        stage,
        'web2',
        () => fault(stage),
        () => mend(stage),
      );
      return { costs: [cost], further: { 'noticed after ms': Math.round(noticedMs) } };
    },
  };
}

const behaving = (how: Way) => async (stage: Stage) =>
  stage.reals.web2?.agent.do('behave', how);
const host = ({ reals }: Stage): Host => {
  if (!reals.web2) throw new Error('no web2');
  return reals.web2.host;
};

/** How long it is away, and there: a little longer than a check and the next one, which would else always
 *  meet it in the same of the two. */
const FLAP_MS = [500, 600] as const;

const HEARD_MS = 200;

/** `web2` comes and goes every half a second. */
export async function flaps(stage: Stage, rounds: number): Promise<Outcome> {
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = now();
    await behaving('refuses')(stage);
    // Its kernel resets those whom it had not taken yet; they hear of it a little later.
    costs.push({ server: 'web2', from, until: now() + HEARD_MS });
    await sleep(FLAP_MS[0]);
    await behaving('well')(stage);
    await sleep(FLAP_MS[1]);
  }
  await led(stage, 'web2', true);
  return { costs };
}

/** What happens to real servers: it costs those who were on them, and nobody else. */
export const realServers: readonly Scenario[] = [
  ailing(
    'a real server is killed (kill -9)',
    (stage) => host(stage).killAll(),
    (stage) => startReal(host(stage)),
  ),
  ailing(
    'a real server is stopped (SIGSTOP), and goes on',
    async (stage) => signal(host(stage), 'SIGSTOP'),
    async (stage) => signal(host(stage), 'SIGCONT'),
    { pauseMs: NOTICED + SLACK_MS },
  ),
  ailing(
    'the network of a real server is cut, and comes back',
    (stage) => host(stage).cut(),
    (stage) => host(stage).restore(),
    { pauseMs: 2 * NOTICED }, // TCP waits as long again before its next try
  ),
  ailing('a real server refuses', behaving('refuses'), behaving('well')),
  ailing('a real server says nothing', behaving('silent'), behaving('well')),
  ailing('a real server breaks what it took', behaving('resets'), behaving('well')),
  ailing(
    'a real server answers without end',
    behaving('endless'),
    behaving('well'),
    { pauseMs: NOTICED }, // it takes both processors of a small machine
  ),
  ailing('a real server answers a byte a second', behaving('drips'), behaving('well')),
  {
    name: 'all real servers die, and come back',
    peer: true,
    further: { 'noticed after ms': NOTICED, 'back after ms': NOTICED },
    async play(stage) {
      const from = now();
      const all = Object.values(stage.reals);
      for (const real of all) await real.host.killAll();
      for (const { name } of all) await led(stage, name, false);
      const noticed = now() - from;
      for (const real of all) await startReal(real.host);
      const mended = now();
      for (const { name } of all) await led(stage, name, true);
      const until = now();
      return {
        costs: all.map(({ name }) => ({ server: name, from, until })),
        further: {
          'noticed after ms': Math.round(noticed),
          'back after ms': Math.round(until - mended),
        },
      };
    },
  },
  {
    name: 'a real server comes and goes every 0.5 s',
    peer: true,
    rounds: [4, 120],
    play: flaps,
  },
];
