import type { Engine } from '../../model/engine.ts';
import type { EngineOptions } from '../factory.ts';

/** What the engine is told at its start. */
export interface NftablesOptions extends EngineOptions {
  /** Where procfs is mounted; default `/proc`. */
  readonly proc?: string;
  /** Words before the programs nft and conntrack, as in `ip netns exec director`. */
  readonly enter?: readonly string[];
  /** From one look at the kernel to the next, in milliseconds; default 5,000. One of twelve is
   *  thorough. */
  readonly lookMs?: number;
  /** Makes the engine that carries fallbacks on this host; it is closed here. */
  createHome(options: EngineOptions): Engine;
}
