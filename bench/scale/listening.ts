import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_MS = 3;
const LIMIT_MS = 60_000;
const LISTEN = '0A';
const chunk = Buffer.alloc(65_536);

/** Settles when so many sockets listen at the port, whatever their address.
 *  @throws when the signal aborts, or after a minute */
export async function listening(
  port: number,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  for (const until = performance.now() + LIMIT_MS; performance.now() < until; ) {
    if (listeners(port) === count) return;
    await wait(LOOK_MS, undefined, { signal });
  }
  throw new Error(`${listeners(port)} of ${count} sockets listen at port ${port}`);
}

/** Those that listen stand first in /proc/net/tcp; what follows may be long and is not read.
 *  Source: proc(5): `  0: 0101027F:1F90 00000000:0000 0A ...`, the port in hexadecimal. */
export function listeners(port: number): number {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let count = 0;
  for (const line of linesOf('/proc/net/tcp')) {
    const [number, local = '', , state] = line.trim().split(/\s+/);
    if (number === 'sl') continue;
    if (state !== LISTEN) break;
    if (local.endsWith(end)) count++;
  }
  return count;
}

/** As many as are asked for. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r');
  let rest = '';
  try {
    for (let bytes = 1; bytes > 0; ) {
      bytes = readSync(file, chunk);
      const lines = (rest + chunk.toString('latin1', 0, bytes)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    closeSync(file);
  }
}
