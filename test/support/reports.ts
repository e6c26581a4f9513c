import type { CheckReport } from '../../lib/model/check.ts';

/** 2026-11-23 13:30:07 UTC. */
export const NOON = 1_795_440_607_000;

const report = (up: boolean, message: string, at: number): CheckReport => ({
  up,
  message,
  at,
  durationMs: 3.2,
  maintenance: false,
});

export const good = (at = NOON): CheckReport => report(true, '200 OK', at);

export const bad = (at = NOON): CheckReport =>
  report(false, 'connect ECONNREFUSED 10.1.1.21:80', at);

export const maintained = (at = NOON): CheckReport => ({
  ...report(false, 'Server in maintenance', at),
  maintenance: true,
});
