import { once } from 'node:events';
import { connect, type NetConnectOpts } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** One who waits for more than it gets goes after so long. */
const PATIENCE_MS = 100;
/** For one who must be answered, however busy the machine is. */
export const LONG_PATIENCE_MS = 20_000;

/** Sends these pieces (latin1), each in a packet of its own, ends its side, and goes.
 *  @returns what came, latin1 */
export async function exchange(
  to: NetConnectOpts,
  pieces: readonly string[],
  patienceMs = PATIENCE_MS,
): Promise<string> {
  const socket = connect({ ...to, noDelay: true });
  let text = '';
  socket.setEncoding('latin1').on('data', (piece) => {
    text += piece;
  });
  socket.on('error', () => {});
  const gone = AbortSignal.timeout(patienceMs);
  const closed = once(socket, 'close', { signal: gone }).catch(() => {});
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await turn();
  }
  socket.end();
  await closed;
  socket.destroy();
  return text;
}

/** The text cut at these places, each a share of its length in thousandths. */
export function pieces(text: string, cuts: readonly number[]): readonly string[] {
  const at = [
    0,
    ...cuts.map((cut) => Math.round((text.length * cut) / 1_000)).sort((a, b) => a - b),
  ];
  return at
    .map((from, n) => text.slice(from, at[n + 1]))
    .filter((piece) => piece !== '');
}
