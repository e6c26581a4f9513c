import type { Row, Scheduler, ServiceView } from '../model/scheduler.ts';

/** Draws that may fall on a server that is not eligible before all servers are looked at. */
const TRIES = 4;

/** The power of two choices: two servers drawn at random, by weight and perhaps the same one
 *  twice; the lower load per unit of weight wins, a tie goes to the first drawn. Grows with the
 *  logarithm of the number of servers while most are eligible, else with the number.
 *  Source: ipvsadm(8), "twos"; net/netfilter/ipvs. */
export const twos: Scheduler = {
  summary: 'the less busy of two drawn by weight',
  pick(service) {
    if (service.size === 0) return undefined;
    const sums = service.derive(sumsOfWeights);
    const [one, two] = drawn(service, sums);
    if (one === undefined || two === undefined) return undefined;
    const costOne = service.load(one) * service.weight(two);
    const costTwo = service.load(two) * service.weight(one);
    return costTwo < costOne ? two : one;
  },
};

/** For each row, the sum of its weight and of all before it. */
function sumsOfWeights(service: ServiceView): Float64Array {
  let sum = 0;
  return Float64Array.from({ length: service.size }, (_, row) => {
    sum += service.weight(row);
    return sum;
  });
}

/** Both, or none where none is eligible. */
function drawn(service: ServiceView, sums: Float64Array): readonly (Row | undefined)[] {
  const both = [draw(service, sums), draw(service, sums)];
  return both.includes(undefined) ? drawOfFew(service) : both;
}

/** A draw among all, made again when it falls on one not eligible, gives each eligible one its
 *  weight's share of the eligible weight, as the kernel's two walks over the list do. */
function draw(service: ServiceView, sums: Float64Array): Row | undefined {
  const total = sums[sums.length - 1] ?? 0;
  for (let tries = 0; tries < TRIES; tries++) {
    const row = rowAt(sums, service.random() * total);
    if (service.eligible(row)) return row;
  }
  return undefined;
}

/** The first row whose sum is above the place. */
function rowAt(sums: Float64Array, place: number): Row {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] ?? 0) > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Two draws in one walk: each eligible one takes the place of the one before with the chance of its
 *  weight against all weights so far. */
function drawOfFew(service: ServiceView): readonly (Row | undefined)[] {
  const { values: weights, at } = service.column('eligibleWeight');
  let one: Row | undefined;
  let two: Row | undefined;
  let sum = 0;
  for (let row = 0; row < at.length; row++) {
    const weight = weights[at[row] ?? 0] ?? 0;
    if (weight === 0 || !service.eligible(row)) continue;
    sum += weight;
    if (one === undefined || service.random() * sum < weight) one = row;
    if (two === undefined || service.random() * sum < weight) two = row;
  }
  return [one, two];
}
