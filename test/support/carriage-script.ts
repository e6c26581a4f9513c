import t from 'tap';
import {
  type Carriage,
  carrier,
  heed,
  isIn,
  reassign,
} from '../../lib/director/carriage.ts';
import type { EngineChoice } from '../../lib/director/choose-engine.ts';
import type { ServiceOutcome } from '../../lib/model/engine.ts';
import type { EngineName } from '../../lib/model/virtual-service.ts';
import { WEB } from './director.ts';

const ENGINES = ['net', 'nftables', 'ipvs'] as const;

/** What happens to a service: a reload that wants it on an engine, with why that one cannot and
 *  which others cannot; an engine's answer to an apply(), or its event. */
type Step =
  | { readonly to: EngineName; readonly refusal?: string; readonly not?: EngineName }
  | {
      readonly says: EngineName;
      readonly state: ServiceOutcome['state'];
      readonly event?: true;
    };

/** The carriage after that. */
export function step(carriage: Carriage, move: Step): Carriage {
  if ('to' in move) {
    const { to: engine, refusal, not } = move;
    return reassign(carriage, choiceOf(engine, refusal), (name) => name !== not);
  }
  const { says, state, event } = move;
  return heed(carriage, says, { id: WEB, state }, event !== true);
}

/** Where it starts: `net` or another engine carries it. */
export function on(
  engine: EngineName,
  state: ServiceOutcome['state'] = 'carried',
): Carriage {
  return { ...choiceOf(engine), outcome: { id: WEB, state } };
}

export function choiceOf(engine: EngineName, refusal?: string): EngineChoice {
  return { engine, reason: `engine = ${engine}`, refusal };
}

/** What becomes of a service. */
export interface CarriageRule {
  readonly rule: string;
  readonly from: Carriage;
  readonly steps: readonly Step[];
  /** The engines whose tables it is in. */
  readonly tables: readonly EngineName[];
  /** Who has it now. */
  readonly has: EngineName;
}

/** One test a rule. */
export function carriageRules(rules: readonly CarriageRule[]): void {
  for (const { rule, from, steps, tables, has } of rules)
    t.test(rule, async (t) => {
      const carriage = steps.reduce(step, from);
      t.strictSame(
        ENGINES.filter((name) => isIn(carriage, name)),
        tables,
      );
      t.equal(carrier(carriage), has);
    });
}
