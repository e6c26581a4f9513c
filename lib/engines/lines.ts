/** Cuts text that comes in pieces into lines, without their ends. What follows the last line end
 *  waits for more.
 *  @param limit   characters; a longer line is not kept
 *  @param onLong  such a line was left out */
export function lineCutter(
  limit: number,
  onLine: (line: string) => void,
  onLong: () => void,
): (piece: string) => void {
  let rest = '';
  let tooLong = false;
  const finish = (line: string) => {
    if (tooLong || line.length > limit) onLong();
    else onLine(line);
    tooLong = false;
  };
  return (piece) => {
    const [head = '', ...tails] = piece.split('\n');
    rest += head;
    for (const tail of tails) {
      finish(rest);
      rest = tail;
    }
    if (rest.length <= limit) return;
    tooLong = true;
    rest = '';
  };
}
