import { setTimeout as sleep } from 'node:timers/promises';
import { type Idler, MANNER_NAMES, type Manner } from '../../lab/rude.ts';
import { PORT, VIP } from '../places.ts';
import type { Scenario } from '../scenario.ts';
import { allGone } from '../stage.ts';

/** How each of MANNERS is called in the table. */
const CALLED: Readonly<Record<Manner, string>> = {
  'ends first': 'clients end first',
  'is ended': 'the server ends first',
  'ends and listens': 'both end: the client before it is answered',
  resets: 'clients reset',
  'resets with data queued': 'clients reset, with data queued',
  'is reset': 'the server resets',
  'is reset behind data': 'the server resets, behind data',
  leaves: 'clients connect and leave',
};

/** Where thousands come in a moment, or much is sent that nobody takes: all of it runs on the processors of the
 *  director, and what is queued for a thousand is 64 KiB each, which the C library keeps for the next. */
const CROWD: Scenario['bounds'] = { pauseMs: 5000, memoryKiB: 192_000 };
const CROWDS: readonly (Manner | Idler)[] = [
  'resets with data queued',
  'is reset behind data',
  'leaves',
  'stalled',
];

const boundsOf = (how: Manner | Idler) =>
  CROWDS.includes(how) ? { bounds: CROWD } : {};

function treated(manner: Manner): Scenario {
  return {
    name: CALLED[manner],
    peer: true,
    ...boundsOf(manner),
    further: { 'ended otherwise': 0, 'left open': 0 },
    rounds: manner === 'leaves' ? [2000, 20_000] : [200, 5000],
    async play(stage, rounds) {
      const problems = await stage.others.do('treat', manner, VIP, PORT, rounds, 20);
      const leftOpen = await allGone(stage);
      return { further: { 'ended otherwise': problems.length, 'left open': leftOpen } };
    },
  };
}

function parked(
  name: string,
  kind: Idler,
  rounds: readonly [number, number],
): Scenario {
  return {
    name,
    peer: true,
    ...boundsOf(kind),
    further: { 'not let in': 0, 'thrown out': 0, 'left open': 0 },
    rounds,
    async play(stage, rounds) {
      const problems = await stage.others.do('park', kind, VIP, PORT, rounds);
      await sleep(stage.form.settleMs * 2);
      const out = await stage.others.do('unpark');
      const leftOpen = await allGone(stage);
      return {
        further: {
          'not let in': problems.length,
          'thrown out': out,
          'left open': leftOpen,
        },
      };
    },
  };
}

/** What clients do, while others go on as ever. */
export const clients: readonly Scenario[] = [
  ...MANNER_NAMES.map(treated),
  parked('clients ask for 10 MB and read nothing', 'stalled', [100, 1000]),
  parked('clients end their side and stay', 'half-closed', [200, 1000]),
  parked('clients say a letter now and then', 'slow', [200, 2000]),
];
