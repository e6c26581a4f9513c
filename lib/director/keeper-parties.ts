import type { Alerts } from '../alerts/alerts.ts';
import type { FallbackCommands } from '../alerts/fallback-command.ts';
import type { AlertState } from '../alerts/notice.ts';
import type { AgentRunner } from '../model/agent.ts';
import type { CheckRunner } from '../model/check.ts';
import type { ServiceEntry, ServiceOutcome } from '../model/engine.ts';
import type { Happening } from '../model/event.ts';
import type { Log } from '../model/log.ts';
import type { Carriage } from './carriage.ts';
import type { Kept } from './elder-cuts.ts';
import type { WhenEmpty } from './leavers.ts';

/** What a keeper works with. */
export interface KeeperParties {
  readonly runner: CheckRunner;
  /** Undefined: no agent is asked. */
  readonly agents: AgentRunner | undefined;
  readonly commands: FallbackCommands;
  readonly alerts: Pick<Alerts, 'tell' | 'checked' | 'changed'>;
  readonly log: Log;
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** What a change of the configuration is part of. */
  configuring(): AlertState;
  readonly whenEmpty: WhenEmpty;
  /** More than one engine is at work: lines say which they are about. */
  several(): boolean;
  /** The keeper's table entry, or its being ready, has changed. */
  changed(keeper: { readonly carriage: Carriage; readonly ready: boolean }): void;
  happened(happening: Happening): void;
  /** Its pool has taken a step.
   *  @param realId  whose alone it was; undefined: it may be any server's */
  stepped(keeper: Kept, realId?: string): void;
}

/** What an engine says of a service. */
export interface EngineWord {
  readonly outcome: ServiceOutcome;
  /** To an apply(), be it that this threw; else it comes by itself. */
  readonly answers: boolean;
  /** What it was given and has taken. */
  readonly entry?: ServiceEntry | undefined;
}
