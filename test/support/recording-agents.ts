import { agentWords } from '../../lib/checks/agents/words.ts';
import type { AgentPlan, AgentReport, AgentRunner } from '../../lib/model/agent.ts';
import { NOON } from './reports.ts';

/** An agent runner that asks nobody: the test says what agents say. */
export interface RecordingAgents extends AgentRunner {
  /** Plans wanted now, in the order of their subscription. */
  plans(): readonly AgentPlan[];
  /** Gives that line to whoever asks the agent of that address. */
  say(address: string, line: string): void;
  /** Has that agent not answer. */
  fail(address: string, problem: string): void;
}

export function recordingAgents(): RecordingAgents {
  const wanted = new Set<{ plan: AgentPlan; on: (report: AgentReport) => void }>();
  const tell = (
    address: string,
    found: Pick<AgentReport, 'line' | 'words' | 'problem'>,
  ) => {
    for (const { plan, on } of [...wanted])
      if (plan.address === address) on({ at: NOON, durationMs: 3, ...found });
  };
  return {
    plans: () => [...wanted].map(({ plan }) => plan),
    subscribe(plan, on) {
      const subscription = { plan, on };
      wanted.add(subscription);
      return { [Symbol.dispose]: () => wanted.delete(subscription) };
    },
    say: (address, line) =>
      tell(address, { line, words: agentWords(line), problem: undefined }),
    fail: (address, problem) => tell(address, { line: undefined, words: {}, problem }),
    async close() {},
  };
}
