import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, startAgent } from '../lab/agent.ts';
import type { Stay } from '../lab/steady.ts';
import type { Visit } from '../lab/traffic.ts';
import { PORT, VIP } from './places.ts';
import type { Cost } from './scenario.ts';
import type { Stage } from './stage.ts';

/** Who came meanwhile, and what became of them. */
export interface Clients {
  readonly visits: readonly Visit[];
  readonly stays: readonly Stay[];
}

/** Runs `play` while clients come and stay: they begin before it and end after it. */
export async function underLoad<T>(
  { client: host, form }: Pick<Stage, 'client' | 'form'>,
  play: () => Promise<T>,
): Promise<{ readonly played: T; readonly clients: Clients }> {
  await using coming: Agent = startAgent(host);
  await using staying: Agent = startAgent(host);
  const url = `http://${VIP}:${PORT}/`;
  // Its process takes a while to begin.
  await coming.do('visit', url);
  await staying.do('visit', url);
  const visits = coming.do('load', url, form.rate);
  const stays = staying.do('stay', VIP, PORT, form.stays);
  await sleep(form.settleMs);
  const played = await play();
  await sleep(form.settleMs);
  await coming.do('endLoad', url);
  const made = await visits;
  await staying.do('endStays', VIP, PORT);
  return { played, clients: { visits: made, stays: await stays } };
}

/** Of those who come while one of the two servers ails every other may meet it, and some more by chance. */
const SHARE = 0.6;
const BY_CHANCE = 10;
/** Who says a line a second to a server that is gone knows it by then, whatever TCP tries again. */
const HEARD_MS = 10_000;

/** Those who did not get all they expected: how many the fault cost, as they stayed on a server while it
 *  ailed or came meanwhile, and the others, each. */
export function lost(
  { visits, stays }: Clients,
  costs: readonly Cost[],
): { readonly cost: number; readonly gone: readonly (Visit | Stay)[] } {
  const ailed = (from: number, until: number) =>
    costs.some((cost) => from <= cost.until && until >= cost.from);
  const diedOn = (server: string, at: number) =>
    costs.some(
      (cost) =>
        cost.server === server && cost.from <= at && at <= cost.until + HEARD_MS,
    );
  const failed = [...visits, ...stays].filter(({ outcome }) => outcome !== 'ok');
  const met = ({ at, ms }: Visit) => ailed(at, at + ms);
  const onIt = visits.filter((visit) => visit.outcome !== 'ok' && met(visit));
  const ailing = new Set(costs.map(({ server }) => server));
  const most =
    ailing.size === 1 && !ailing.has('')
      ? Math.ceil(visits.filter(met).length * SHARE) + BY_CHANCE
      : onIt.length;
  const gone = failed.filter((client) => {
    if ('ms' in client) return !met(client);
    return !(client.server
      ? diedOn(client.server, client.at)
      : ailed(client.at, client.at));
  });
  gone.push(...onIt.slice(most));
  return { cost: failed.length - gone.length, gone };
}

/** The longest wait of those who got an answer. */
export function longest({ visits, stays }: Clients): number {
  const waits = [
    ...visits.filter(({ outcome }) => outcome === 'ok').map(({ ms }) => ms),
    ...stays.map(({ longestMs }) => longestMs),
  ];
  return waits.reduce((most, wait) => Math.max(most, wait), 0);
}
