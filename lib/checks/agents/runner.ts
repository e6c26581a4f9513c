import type { AgentPlan, AgentReport, AgentRunner } from '../../model/agent.ts';
import type { Log } from '../../model/log.ts';
import { describe } from '../message.ts';
import { createPacer } from '../pacer.ts';
import { Poll, type Polling } from './poll.ts';

/** Asks agents, each on its own timer. The caller closes it. */
export function createAgentRunner(log: Log): AgentRunner {
  return new Runner(log);
}

class Runner implements AgentRunner {
  readonly #polls = new Map<string, Poll>();
  readonly #stopping = new Set<Promise<void>>();
  readonly #polling: Polling;
  #count = 0;
  #closed = false;

  constructor(log: Log) {
    this.#polling = {
      pacer: createPacer(),
      failed: (error) =>
        log.error(`What an agent said was not taken: ${describe(error)}`),
    };
  }

  subscribe(plan: AgentPlan, on: (report: AgentReport) => void): Disposable {
    if (this.#closed) throw new Error('the agent runner is closed');
    const { address, port, send, intervalMs, timeoutMs } = plan;
    const key = JSON.stringify([address, port, send, intervalMs, timeoutMs]);
    const poll = this.#polls.get(key) ?? this.#start(key, plan);
    // One function may be given twice.
    const listener = (report: AgentReport) => on(report);
    poll.add(listener);
    return {
      [Symbol.dispose]: () => {
        if (poll.drop(listener) && this.#polls.get(key) === poll) this.#end(key, poll);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const [key, poll] of this.#polls) this.#end(key, poll);
    await Promise.all(this.#stopping);
  }

  #start(key: string, plan: AgentPlan): Poll {
    // Multiples of the golden ratio fall evenly into the interval, however many there are.
    const poll = new Poll(plan, this.#polling, (this.#count++ * 0.618_034) % 1);
    this.#polls.set(key, poll);
    return poll;
  }

  #end(key: string, poll: Poll): void {
    this.#polls.delete(key);
    const ended = poll.stop().finally(() => this.#stopping.delete(ended));
    this.#stopping.add(ended);
  }
}
