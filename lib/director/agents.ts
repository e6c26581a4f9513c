import type {
  AgentPlan,
  AgentReport,
  AgentRunner,
  AgentWords,
} from '../model/agent.ts';
import type { Log } from '../model/log.ts';
import type { AgentStatus } from '../model/status.ts';
import { LONGEST_TIMER_MS } from '../model/timer.ts';
import { serviceLabel, type VirtualService } from '../model/virtual-service.ts';
import { agentWeight } from '../pool/agent.ts';
import type { RealServerState } from '../pool/pool.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

/** What is known of one agent. */
interface Known {
  /** The last report with a line, and the last of all. */
  readonly heard: AgentReport | undefined;
  readonly last: AgentReport;
}

/** Asks the agents of one virtual service's real servers, and tells the log when one is silent, answers
 *  again, or says what is not heeded. Disposing ends the questions. */
export class Agents implements Disposable {
  readonly #log: Log;
  readonly #on: (realId: string, words: AgentWords) => void;
  readonly #known = new Map<string, Known>();
  readonly #subscriptions: Subscriptions<AgentPlan> | undefined;
  #label = '';
  #port = 0;

  /** @param runner  undefined: no agent is ever asked
   *  @param on      gets what each line says, also when it says the same again */
  constructor(
    { agents, log }: { readonly agents: AgentRunner | undefined; readonly log: Log },
    on: (realId: string, words: AgentWords) => void,
  ) {
    this.#log = log;
    this.#on = on;
    this.#subscriptions =
      agents &&
      createSubscriptions((id, plan) =>
        agents.subscribe(plan, (report) => this.#report(id, report)),
      );
  }

  /** Asks those of that service from now on. */
  follow(service: VirtualService): void {
    const { agentPort } = service.options;
    this.#label = serviceLabel(service);
    const wanted = agentPlans(service);
    // Another port is another agent.
    if (agentPort !== this.#port) this.#known.clear();
    this.#port = agentPort;
    for (const id of this.#known.keys()) if (!wanted.has(id)) this.#known.delete(id);
    this.#subscriptions?.follow(wanted);
  }

  /** What the status says; null: that server has no agent. */
  of(
    { options }: Pick<VirtualService, 'options'>,
    { configured, agent }: RealServerState,
  ): AgentStatus | null {
    if (options.agentPort === 0) return null;
    const { heard, last } = this.#known.get(configured.id) ?? {};
    return {
      port: options.agentPort,
      line: heard?.line ?? null,
      at: heard ? new Date(heard.at).toISOString() : null,
      durationMs: last?.durationMs ?? null,
      problem: last?.problem ?? null,
      state: agent?.state ?? 'ready',
      percent: agent?.percent ?? null,
      down: agent?.down ?? null,
      weight: agentWeight(configured.weight, agent),
    };
  }

  [Symbol.dispose](): void {
    this.#subscriptions?.[Symbol.dispose]();
  }

  #report(realId: string, report: AgentReport): void {
    const before = this.#known.get(realId);
    const isHeard = report.problem === undefined;
    const heard = isHeard ? report : before?.heard;
    this.#known.set(realId, { heard, last: report });
    for (const [isGood, line] of lines(before, report)) {
      const text = `Agent of real server: ${realId} (${this.#label}) ${line}`;
      if (isGood) this.#log.info(text);
      else this.#log.warn(text);
    }
    if (isHeard) this.#on(realId, report.words);
  }
}

/** What is new of an agent, and whether it is good news. */
function* lines(
  before: Known | undefined,
  { problem, words }: AgentReport,
): Generator<readonly [isGood: boolean, line: string]> {
  const wasSilent = before?.last.problem !== undefined;
  if (problem !== undefined) {
    const holds = before?.heard ? 'what it said last holds' : 'it has said nothing yet';
    if (!wasSilent) yield [false, `does not answer: ${problem}; ${holds}`];
    return;
  }
  if (wasSilent) yield [true, 'answers again'];
  const was = before?.heard?.words;
  if (words.unknown !== undefined && words.unknown !== was?.unknown)
    yield [false, `says "${words.unknown}", which is not heeded: ${EXPECTED}`];
  if (words.maxconn !== undefined && was?.maxconn === undefined)
    yield [false, `says maxconn:${words.maxconn}, which is not heeded: ${CAP}`];
}

const CAP = 'server-connections in [limits] of l4director.ini caps a real server';
const EXPECTED =
  'expected N%, ready, drain, maint, up, down, fail or stopped, as in "75% up"';

function agentPlans(service: VirtualService): ReadonlyMap<string, AgentPlan> {
  const { agentPort: port, agentIntervalMs, agentSend: send } = service.options;
  const plans = new Map<string, AgentPlan>();
  if (port === 0) return plans;
  const limited = (ms: number) => Math.min(ms, LONGEST_TIMER_MS);
  const intervalMs = agentIntervalMs ?? limited(service.checkinterval * 1000);
  const timeoutMs = limited(service.checktimeout * 1000);
  for (const { id, address } of service.reals)
    plans.set(id, { address, port, send, intervalMs, timeoutMs });
  return plans;
}
