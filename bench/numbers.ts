/** A whole number of the command line, from 1 on. @throws TypeError for another */
export function whole(name: string, text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new TypeError(`--${name} ${text}: expected a whole number from 1 to ${most}`);
}

/** Each once, with commas in between. @throws TypeError for another list */
export function numbers(name: string, text: string, most: number): readonly number[] {
  return [...new Set(text.split(','))].map((one) => whole(name, one, most));
}
