import { aFallback, aReal, aService, OPTIONS } from './config.ts';
import { WEB } from './director.ts';

/** A service of `nftables`, and what an earlier run left in force of it. */
export const A = '10.1.1.21:80';
export const B = '10.1.1.22:80';
export const web = aService({
  options: { ...OPTIONS, engine: 'nftables' },
  reals: [aReal(A, { weight: 2 }), aReal(B)],
  quiescent: true,
  fallback: aFallback('127.0.0.1:80'),
});
export const LEFT = [
  {
    id: WEB,
    servers: [
      { id: A, weight: 2 },
      { id: B, weight: 0 },
    ],
  },
];
