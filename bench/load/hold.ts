/* Many connections that make one request and then idle, until the bench closes the channel. */
import { loopback } from '../place.ts';
import { KeptConnection } from './kept-connection.ts';
import type { Held, Hold } from './protocol.ts';

/** As many connect at once. */
const LANES = 64;
/** Connections from one address: well below the ports that one has. */
const EACH = 10_000;

const { place, count, first }: Hold = JSON.parse(process.argv[2] ?? '');
let opened = 0;

async function lane(): Promise<void> {
  while (opened < count) {
    const source = loopback('client', first + Math.floor(opened++ / EACH));
    await KeptConnection.open(place, source, (error) => {
      throw error;
    });
  }
}

process.once('disconnect', () => process.exit());
await Promise.all(Array.from({ length: Math.min(LANES, count) }, lane));
const held: Held = { held: count };
process.send?.(held);
