import type { EngineFactory } from './factory.ts';
import { createNetEngine } from './net/engine.ts';

/** Every engine by its name in `l4director.ini`. */
export const ENGINES = {
  net: {
    summary: 'forwards connections itself; needs no privileges beyond the ports',
    create: createNetEngine,
  },
} as const satisfies Record<string, EngineFactory>;
