import { type Busy, load } from '../feedback.ts';
import { sum } from './apportion.ts';

/** How likely each server is picked when two are drawn by weight, perhaps the same one twice, and
 *  the lower load per unit of weight wins: twos, at these counts. Between its weight's share
 *  squared and twice that share. The sum is 1, or 0 when no weight is above 0.
 *  Source: ipvsadm(8), "twos". */
export function chances(servers: readonly Busy[]): readonly number[] {
  const total = sum(servers.map(({ weight }) => weight)) || 1;
  return servers.map((one) => {
    const beaten = servers.map((other) => {
      const difference = cost(other, one) - cost(one, other);
      // A tie goes to the one drawn first.
      return difference > 0 ? 2 * other.weight : difference === 0 ? other.weight : 0;
    });
    return (one.weight / total) * (sum(beaten) / total);
  });
}

/** Its load per unit of weight, times both weights. */
function cost(server: Busy, other: Busy): number {
  return load(server) * other.weight;
}
