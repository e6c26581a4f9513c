import type { Writable } from 'node:stream';
import type { EventLog } from '../../director/desk.ts';
import type { DirectorEvent } from '../../model/event.ts';

export const STREAM_TYPE = 'text/event-stream; charset=utf-8';

/** Says that all is well, so that both sides find a dead one. */
const HEARTBEAT_MS = 10_000;
const HEARTBEAT = ':\n\n';

/** Tells a client what happens until it goes. The log is the queue: a client gets what it can take,
 *  and the next when it has taken that; one that takes nothing from one heartbeat to the next is
 *  dropped. So a slow one costs what Node's own buffer holds, and where it lacks what has left the
 *  log, its ids tell. Source: HTML, 9.2 "Server-sent events"
 *  @param since  id of the last event it knows */
export function streamEvents(client: Writable, log: EventLog, since: number): void {
  let known = since;
  let stuck = false;

  const flush = () => {
    if (client.writableNeedDrain) return;
    for (const event of log.since(known)) {
      known = event.id;
      if (!client.write(framed(event))) return;
    }
  };
  const beat = () => {
    if (stuck && client.writableNeedDrain) return void client.destroy();
    stuck = client.writableNeedDrain;
    if (!stuck) client.write(HEARTBEAT);
  };
  const observing = log.observe(flush);
  const heart = setInterval(beat, HEARTBEAT_MS);
  client.on('drain', () => {
    stuck = false;
    flush();
  });
  client.on('close', () => {
    clearInterval(heart);
    observing[Symbol.dispose]();
  });
  client.write(HEARTBEAT);
  flush();
}

/** One line of JSON is one line of data. */
function framed(event: DirectorEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
