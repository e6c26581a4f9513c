/* What makes requests and transfers on the client's host, until the bench closes the channel. */
import { request } from 'node:http';
import { download, transfers } from '../load/bulk.ts';
import type { Place } from '../place.ts';
import type { Order, Said } from './protocol.ts';

const TRY_MS = 1000;

function attempt(place: Place): Promise<number> {
  return new Promise((resolve) => {
    const asked = request({ ...place, path: '/small', agent: false, timeout: TRY_MS });
    asked.on('response', (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode === 200 ? 1 : 0));
      answer.on('error', () => resolve(0));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', () => resolve(0)).end();
  });
}

function obey(order: Order): Promise<number> {
  switch (order.kind) {
    case 'try':
      return attempt(order.place);
    case 'download':
      return transfers(download, order.places, order.megabytes, order.seconds);
    default:
      return order satisfies never;
  }
}

process.once('disconnect', () => process.exit());
process.on('message', (message: string) => {
  const say = (said: Said) => process.send?.(said);
  obey(JSON.parse(message)).then(
    (result) => say({ result }),
    (error) => say({ error: String(error) }),
  );
});
