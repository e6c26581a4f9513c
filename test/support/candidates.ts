import fc from 'fast-check';
import type { Candidate } from '../../lib/engines/nftables/slots.ts';

/** A server 10.0.0.(index + 1):80 of weight 1, idle, but for what is given. */
export function candidate(given: Partial<Candidate>, index: number): Candidate {
  return {
    id: `10.0.0.${index + 1}:80`,
    address: `10.0.0.${index + 1}`,
    port: 80,
    weight: 1,
    activeConnections: 0,
    inactiveConnections: 0,
    ...given,
  };
}

export function candidates(weights: readonly number[]): readonly Candidate[] {
  return weights.map((weight, index) => candidate({ weight }, index));
}

/** Some servers of these weights, some of them busy. */
export function someCandidates(
  weight: fc.Arbitrary<number>,
): fc.Arbitrary<readonly Candidate[]> {
  const one = fc.record({
    weight,
    activeConnections: fc.oneof(fc.nat(5), fc.nat(3000)),
    inactiveConnections: fc.nat(600),
  });
  return fc
    .array(one, { minLength: 1, maxLength: 12 })
    .map((servers) => servers.map(candidate));
}

/** How many slots each server holds. */
export function held(slots: readonly number[], servers: number): readonly number[] {
  const counts = new Array<number>(servers).fill(0);
  for (const index of slots) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}
