import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import type { EngineName } from '../../lib/model/virtual-service.ts';
import { lab } from '../support/lab.ts';
import { agents } from './agents.ts';
import { balance } from './balance.ts';
import { disaster } from './disaster.ts';
import { facts } from './facts.ts';
import { names } from './names.ts';
import { outliving } from './outliving.ts';
import { panic } from './panic.ts';
import { passive } from './passive.ts';
import { reserve } from './reserve.ts';
import { rules } from './rules.ts';
import { onStage, type Stage } from './stage.ts';

/** One story that must come out the same on every engine. */
export interface Scenario {
  /** A sentence of behaviour. */
  readonly name: string;
  /** Text of the ldirectord.cf, FOLDER for the director's own; or a file of examples/. */
  readonly config: string | { readonly example: string };
  /** Further sections of the ini. */
  readonly ini?: string;
  readonly play: (stage: Stage, t: Test) => Promise<void>;
}

interface Options {
  /** Absent: all that may run beside others. */
  readonly scenarios?: readonly Scenario[];
  /** By a scenario's name: why that engine cannot play it. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Further lines of the ini's section [net]. */
  readonly net?: string;
  /** Options of every scenario, where not all machines can play them. */
  readonly where?: { readonly skip?: string };
}

/** Plays scenarios on an engine; two at once, for they mostly wait for checks. */
export function runScenarios(
  t: Test,
  engine: EngineName,
  { scenarios = SCENARIOS, skip = {}, net = '', where = {} }: Options = {},
): void {
  t.setTimeout(300_000);
  t.jobs = 2;
  for (const { name, config, ini = '', play } of scenarios) {
    const needs = lab('namespaces', 'apache2', 'perl', 'logger');
    const why = skip[name];
    const options = why === undefined ? { ...needs, ...where } : { skip: why };
    t.test(name, { timeout: 120_000, ...options }, async (t) =>
      onStage(
        { net: `engine = ${engine}\n${net}\n${ini}`, routed: engine !== 'net' },
        textOf(config),
        (stage) => play(stage, t),
      ),
    );
  }
}

function textOf(config: Scenario['config']): string {
  if (typeof config === 'string') return config;
  const file = new URL(`../../../examples/${config.example}`, import.meta.url);
  return readFileSync(file, 'utf8');
}

const SCENARIOS: readonly Scenario[] = [
  ...balance,
  ...rules,
  ...agents,
  ...names,
  ...facts,
  ...disaster,
  ...panic,
  ...outliving,
  ...passive,
  ...reserve,
];
