import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CALLS } from '../../../lib/control/calls.ts';
import { ask } from '../../../lib/control/client.ts';
import { now } from '../../lab/traffic.ts';
import { FAKETIME } from '../../support/faketime.ts';
import { lab } from '../../support/lab.ts';
import { PORT, REALS, VIP } from '../places.ts';
import type { Cost, Further, Scenario } from '../scenario.ts';
import { CHECKED, longestCheckGap, oursOf, SLACK_MS, type Stage } from '../stage.ts';
import { socketOf } from '../subjects/l4director.ts';

/** How long a process believes the clock that it has seen. */
const SEEN_MS = 1000;
const HOUR_MS = 3_600_000;
/** Clients persist for so long at the services of these ports. */
const LONG = { port: 81, seconds: 600 };
const SHORT = { port: 82, seconds: 2 };
const LATE_MS = 20_000;
/** How often a drain is looked at. */
const LOOK_MS = 500;

function persisting({ port, seconds }: typeof LONG): string {
  const reals = Object.values(REALS).map((real) => `    real=${real}:${PORT} masq\n`);
  return `virtual=${VIP}:${port}
${reals.join('')}    service=http
    request="/check"
    receive="web"
    scheduler=rr
    persistent=${seconds}
`;
}

/** The clock of the subject goes wrong by so many hours, that of nobody else. */
async function setClock({ director }: Stage, hours: number): Promise<void> {
  const file = join(director.folder, 'clock');
  await writeFile(`${file}.new`, hours < 0 ? `${hours}h` : `+${hours}h`);
  await rename(`${file}.new`, file);
  await sleep(SEEN_MS + 200);
}

/** Whether the director's clock is off by that: else nothing is shown here. */
async function clockIsOff(stage: Stage, hours: number): Promise<void> {
  const deadline = now() + LATE_MS;
  for (;;) {
    const [real] = (await oursOf(stage).service()).reals;
    const off = Date.parse(real?.check?.at ?? '') - Date.now();
    if (Math.abs(off - hours * HOUR_MS) < HOUR_MS / 10) return;
    if (now() > deadline)
      throw new Error(`the clock is off by ${off} ms, not ${hours} h`);
    await sleep(100);
  }
}

async function persistents(stage: Stage, port: number): Promise<number> {
  const { services } = await oursOf(stage).status();
  return services.find((service) => service.port === port)?.persistenceEntries ?? 0;
}

/** web2 is drained, who stays there is ended at the deadline. @returns how far from it that was */
async function drain(stage: Stage, seconds: number): Promise<number> {
  const real = { service: `tcp:${VIP}:${PORT}`, real: `${REALS.web2}:${PORT}` };
  const began = now();
  await ask(socketOf(stage.director), {
    ...CALLS.drain(real, seconds),
    timeoutMs: LATE_MS + seconds * 1000,
  });
  const off = Math.abs(now() - began - seconds * 1000);
  await stage.subject.set('web2', 'state ready');
  return off;
}

/** Deadlines that begin before the clock jumps to that end as if it had not. */
async function deadlines(stage: Stage, hours: number, seconds: number) {
  const from = now();
  for (const { port } of [LONG, SHORT])
    await stage.others.do('visit', `http://${VIP}:${port}/`);
  const kept = await persistents(stage, LONG.port);
  if (kept === 0) throw new Error('no client persists');
  // Without somebody who stays there a drain has ended before its deadline.
  await stage.others.do('park', 'slow', VIP, PORT, 20);
  const drained = drain(stage, seconds);
  drained.catch(() => {});
  await setClock(stage, hours);
  await clockIsOff(stage, hours);
  const forgotten = kept - (await persistents(stage, LONG.port));
  const off = await drained;
  await stage.others.do('unpark');
  // A drain takes longer than these may persist.
  const due = now();
  while ((await persistents(stage, SHORT.port)) > 0 && now() < due + LATE_MS)
    await sleep(50);
  const cost: Cost = { server: 'web2', from, until: now() };
  return {
    cost,
    met: {
      'clients forgotten too early': Math.max(0, forgotten),
      'clients forgotten too late by ms': Math.round(now() - due),
      'drains off by ms': Math.round(off),
    },
  };
}

/** Of each figure the larger one. */
function worst(one: Further, other: Further): Further {
  return Object.fromEntries(
    Object.entries(other).map(([name, figure]) => [
      name,
      Math.max(figure, one[name] ?? figure),
    ]),
  );
}

/** What happens to the time of day. */
export const clock: readonly Scenario[] = [
  {
    name: 'the clock jumps by an hour, and back by two',
    peer: false,
    config: `${persisting(LONG)}${persisting(SHORT)}`,
    env: {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: 'FOLDER/clock',
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    lacks: () => lab('faketime').skip,
    further: {
      'longest gap between checks, ms': CHECKED.intervalMs + SLACK_MS,
      'clients forgotten too early': 0,
      'clients forgotten too late by ms': SLACK_MS,
      'drains off by ms': LOOK_MS + SLACK_MS,
    },
    rounds: [3, 10], // seconds of the drain
    async play(stage, seconds) {
      const from = now();
      const costs: Cost[] = [];
      let further: Further = {};
      for (const hours of [1, -1]) {
        const { cost, met } = await deadlines(stage, hours, seconds);
        costs.push(cost);
        further = worst(further, met);
        await sleep(2 * CHECKED.intervalMs);
      }
      const gap = await longestCheckGap(stage, from);
      return { costs, further: { ...further, 'longest gap between checks, ms': gap } };
    },
  },
];
