import type { EngineFactory } from './factory.ts';
import type { ENGINES } from './index.ts';
import { createIpvsEngine } from './ipvs/engine.ts';
import { createNetEngine } from './net/engine.ts';
import { createNftablesEngine } from './nftables/engine.ts';

/** How each engine is made. Apart from their names: who reads a config needs no engine. */
export const FACTORIES: Record<keyof typeof ENGINES, EngineFactory> = {
  net: ({ instance, ...options }) =>
    createNetEngine({ ...options, captureAs: instance }),
  nftables: (options) =>
    createNftablesEngine({ ...options, createHome: createNetEngine }),
  ipvs: createIpvsEngine,
};
