import type { EngineFactory } from './factory.ts';
import { createIpvsEngine } from './ipvs/engine.ts';
import { createNetEngine } from './net/engine.ts';
import { createNftablesEngine } from './nftables/engine.ts';

/** Every engine by its name in `l4director.ini`. */
export const ENGINES = {
  net: {
    summary: 'forwards connections itself; needs no privileges beyond the ports',
    create: ({ instance, ...options }) =>
      createNetEngine({ ...options, captureAs: instance }),
  },
  nftables: {
    summary: 'has the kernel replace addresses (NAT): TCP and UDP, clients keep theirs',
    create: (options) =>
      createNftablesEngine({ ...options, createHome: createNetEngine }),
  },
  ipvs: {
    summary: "has the kernel's IPVS forward, through ipvsadm; needs root and both",
    create: createIpvsEngine,
  },
} as const satisfies Record<string, EngineFactory>;
