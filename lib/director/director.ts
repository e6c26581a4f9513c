import type { Config } from '../config/config.ts';
import type { EngineWork, WorkerStats } from '../model/engine.ts';
import type { ServiceStatus } from '../model/status.ts';
import type { Traffic } from '../model/traffic.ts';
import type { HeritableDesk } from './desk.ts';
import type { LeftServer } from './elder-cuts.ts';

/** All virtual services at work: checks turned into weights, weights into traffic. */
export interface Director {
  /** Start and reload: converges to the config and resolves when the engines have it.
   *  Servers that are in both configs keep state and counters. Calls are serialised. */
  apply(config: Config): Promise<void>;
  /** Ids of services that are still starting. */
  starting(): readonly string[];
  /** Resolves when none is, or when the signal aborts. */
  settled(signal: AbortSignal): Promise<void>;
  /** @param checks  results of each real server, 0 to 20; default 0 */
  services(checks?: number): Promise<readonly ServiceStatus[]>;
  /** The threads that forward. */
  workers(): readonly WorkerStats[];
  /** Whether only a new process goes on well: a thread hangs that cannot be ended. */
  readonly isHopeless: boolean;
  /** What each engine at work was told so far. */
  engineWork(): readonly EngineWork[];
  /** For operators. */
  readonly desk: HeritableDesk;
  /** What goes through its own engines; the desk also knows what directors before it still have open. */
  readonly ownTraffic: Traffic;
  /** The real servers, for a successor. */
  left(): readonly LeftServer[];
  /** This director is in charge, and those before it let nobody in any more: from now on what they still carry ends
   *  where its own would.
   *  @param theirs  what the last of them had; undefined: that is not known */
  takeCharge(theirs: readonly LeftServer[] | undefined): void;
  /** Another director gets ready to take over, and has read what operators changed: until that is
   *  disposed of they change no more. */
  hold(): Disposable;
  /** Another director has taken over: ends the checks, takes no new clients, and settles when the last
   *  connection has ended, or at the abort. Only {@link close} may follow, and cleans nothing.
   *  @param shut  called when nobody is let in any more */
  leave(hurry: AbortSignal, shut: () => void): Promise<void>;
  /** Ends checks, then engines, as each service's cleanstop says. Idempotent.
   *  @param quietly  log and alerts are told nothing: it never was the one in charge */
  close(quietly?: boolean): Promise<void>;
}
