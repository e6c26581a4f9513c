/** Greatest common divisor of the numbers above 0; 0 when there is none. */
export function greatestCommonDivisor(numbers: Iterable<number>): number {
  let divisor = 0;
  for (const number of numbers) if (number > 0) divisor = divide(divisor, number);
  return divisor;
}

function divide(a: number, b: number): number {
  return b === 0 ? a : divide(b, a % b);
}
