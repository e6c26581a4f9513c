import type { AgentStatus, RealStatus } from '../../model/status.ts';
import type { Cells } from './stat-columns.ts';

/** What an answer, or the lack of one, is called. */
const WORDS = {
  INI: 'Initializing',
  CHECKED: 'No status change',
  L7OK: 'Layer7 check passed',
  L7STS: 'Layer7 wrong status',
  L7TOUT: 'Layer7 timeout',
  L4CON: 'Layer4 connection problem',
  SOCKERR: 'Socket error',
} as const;

/** Agents count one answer, good or bad. */
const RISE = 1;

/** The columns about its agent in a real server's row of `show stat`; none where it has none. Source:
 *  HAProxy 2.6, observed; its management guide. */
export function agentCells({ agent }: RealStatus): Cells {
  if (agent === null) return {};
  const code = codeOf(agent);
  return {
    last_agt: agent.problem ?? agent.line ?? '',
    agent_status: code,
    agent_duration: Math.round(agent.durationMs ?? 0),
    agent_desc: WORDS[code],
    agent_rise: RISE,
    agent_fall: RISE,
    agent_health: agent.down === null ? 1 : 0,
  };
}

function codeOf({ problem, line, down }: AgentStatus): keyof typeof WORDS {
  if (problem !== null) return silence(problem);
  if (line === null) return 'INI';
  if (down !== null) return 'L7STS';
  return /(?:^|[ \t,])up(?:$|[ \t,])/i.test(line) ? 'L7OK' : 'CHECKED';
}

function silence(problem: string): keyof typeof WORDS {
  if (/^no line within/.test(problem)) return 'L7TOUT';
  return /^connect\b/.test(problem) ? 'L4CON' : 'SOCKERR';
}
