import type { AdminState, Wish } from '../../model/override.ts';
import { type Caller, type Command, Failure, type Room } from './command.ts';
import { statRows } from './stat-rows.ts';
import { type Target, target } from './targets.ts';

/** Commands that change what real servers get. */
export const CHANGES: readonly Command[] = [
  {
    name: 'set weight',
    takes: '<service>/<real> <weight>[%]',
    doc: "a real server's weight; 100% is the file's again",
    changes: true,
    run: ([name, weight], room, caller) =>
      change(name, room, caller, (found) => ({ weight: weightOf(weight, found) })),
  },
  {
    name: 'set server',
    takes: '<service>/<real> state|weight <value>',
    doc: 'state (ready, drain or maint) or weight of a real server',
    changes: true,
    run: ([name, what, value], room, caller) =>
      change(name, room, caller, (found) => wishOf(what, value, found)),
  },
  {
    name: 'enable server',
    takes: '<service>/<real>',
    doc: 'end maintenance or draining of a real server',
    changes: true,
    run: ([name], room, caller) =>
      change(name, room, caller, () => ({ state: 'ready' })),
  },
  {
    name: 'disable server',
    takes: '<service>/<real>',
    doc: 'put a real server into maintenance',
    changes: true,
    run: ([name], room, caller) =>
      change(name, room, caller, () => ({ state: 'maintenance' })),
  },
  {
    name: 'clear counters',
    takes: '[all]',
    doc: 'begin anew with maxima, or with all counters, of "show stat" on this socket',
    changes: true,
    run: async ([word], { status, figures, maxConnections }) => {
      const rows = statRows(await status(0), maxConnections, Date.now());
      figures.clear(rows, word === 'all');
      return '';
    },
  },
];

async function change(
  name: string | undefined,
  room: Room,
  caller: Caller,
  wish: (found: Target) => Wish,
): Promise<string> {
  const found = target(await room.status(0), name);
  const wished = wish(found);
  const ref = { service: found.service.id, real: found.real.id };
  // HAProxy's clients take any word for a refusal: a warning is in the log alone.
  await room.desk.change(ref, wished, await caller.by());
  return '';
}

const STATES: Readonly<Record<string, AdminState>> = {
  ready: 'ready',
  drain: 'drain',
  maint: 'maintenance',
};
/** What HAProxy can set besides. */
const OTHERS = new Set(
  'addr agent agent-addr agent-port agent-send check-addr check-port fqdn health ssl'.split(
    ' ',
  ),
);

function wishOf(what = '', value: string | undefined, found: Target): Wish {
  if (what === 'weight') return { weight: weightOf(value, found) };
  if (OTHERS.has(what)) throw new Failure(IN_THE_FILE);
  if (what !== 'state')
    throw new Failure('usage: set server <backend>/<server> state | weight');
  const state = Object.hasOwn(STATES, value ?? '') ? STATES[value ?? ''] : undefined;
  if (state) return { state };
  throw new Failure("'set server <srv> state' expects 'ready', 'drain' and 'maint'.");
}

/** The answer to what can be changed in the file only. */
export const IN_THE_FILE =
  'Not at run time: change the configuration file and give the command "reload".';

/** As IPVS has it. */
const MOST_WEIGHT = 65_535;

/** A weight, or percents of the file's. Words of refusals: HAProxy 2.6, observed.
 *  @returns null for the file's own */
function weightOf(text: string | undefined, { real }: Target): number | null {
  if (text === undefined || text === '')
    throw new Failure('Require <weight> or <weight%>.');
  const [, number, rest] = /^(-?\d{1,9})(.*)$/s.exec(text) ?? [];
  if (number === undefined)
    throw new Failure('Empty weight string empty or preceded by garbage');
  const value = Number(number);
  if (rest === '%') {
    if (value < 0) throw new Failure('Relative weight must be positive.');
    if (value === 100) return null;
    const share = Math.floor((real.configuredWeight * value) / 100);
    return Math.min(share, MOST_WEIGHT);
  }
  if (rest !== '') throw new Failure('Trailing garbage in weight string');
  if (value < 0 || value > MOST_WEIGHT)
    throw new Failure(
      `Absolute weight can only be between 0 and ${MOST_WEIGHT} inclusive.`,
    );
  return value;
}
