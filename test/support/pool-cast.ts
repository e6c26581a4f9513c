import { aFallback, aReal } from './config.ts';

/** Who plays in the pool's scripts: two real servers and a fallback. */
export const A = '10.1.1.21:80';
export const B = '10.1.1.22:80';
export const ONE = [aReal(A, { weight: 5 })];
export const TWO = [aReal(A), aReal(B)];
export const FALLBACK = aFallback('127.0.0.1:80');

/** What is told of a report that is bad, and of one that is good. */
export const REFUSED = '(connect, 3 ms: connect ECONNREFUSED 10.1.1.21:80)';
export const FINE = '(connect, 3 ms: 200 OK)';
