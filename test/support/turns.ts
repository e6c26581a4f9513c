/** How often the event loop turns until then: what else waits has its turn so often. */
export async function turnsUntil(end: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  void end.then(over, over);
  let turns = 0;
  for (; !isOver; turns++) await new Promise((resolve) => setImmediate(resolve));
  return turns;
}
