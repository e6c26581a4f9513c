import type { AgentSaid, AgentWords } from '../model/agent.ts';

/** Of an agent that has said nothing that counts. */
const NOTHING: AgentSaid = { percent: null, state: 'ready', down: null };
const MOST_WEIGHT = 65_535;

/** What an agent has said in all, after one more line: what that does not name stays. The same object
 *  when nothing is another. Why it is down is the first reason of those that begin with one word: a
 *  description may hold figures, and differ each time. */
export function heard(
  before: AgentSaid | undefined,
  { percent, state, health, reason = 'down' }: AgentWords,
): AgentSaid | undefined {
  const was = before ?? NOTHING;
  const is: AgentSaid = {
    percent: percent ?? was.percent,
    state: state ?? was.state,
    down: downAfter(was.down, health, reason),
  };
  const isSame =
    is.percent === was.percent && is.state === was.state && is.down === was.down;
  return isSame ? before : is;
}

function downAfter(
  was: string | null,
  health: AgentWords['health'],
  reason: string,
): string | null {
  if (health === undefined) return was;
  if (health === 'up') return null;
  const word = (text: string | null) => text?.split(' ', 1)[0];
  return word(was) === word(reason) ? was : reason;
}

/** What is left of it when an operator has the server ready: the share. The same object when it held
 *  nothing. Source: HAProxy 2.6, observed: `set server state ready` ends what an agent has drained. */
export function freed(agent: AgentSaid | undefined): AgentSaid | undefined {
  const holds = agent && (agent.state !== 'ready' || agent.down !== null);
  return holds ? { ...agent, state: 'ready', down: null } : agent;
}

/** The configured weight as an agent wants it, rounded down as HAProxy does; but at least 1 unless it
 *  says 0 %, where HAProxy's 50 % of 1 takes the server out. At most 65535. */
export function agentWeight(configured: number, agent: AgentSaid | undefined): number {
  const percent = agent?.percent ?? 100;
  if (percent === 100 || configured === 0) return configured;
  if (percent === 0) return 0;
  return Math.min(Math.max(1, Math.floor((configured * percent) / 100)), MOST_WEIGHT);
}
