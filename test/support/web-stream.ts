import { once } from 'node:events';
import {
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Message } from '../../lib/control/web/wire.ts';

/** An open stream and what has come of it. */
export async function look(t: Test, url: string, headers: OutgoingHttpHeaders) {
  const asking = httpRequest(`${url}/api/live`, { headers, agent: false }).end();
  const [response]: IncomingMessage[] = await once(asking, 'response');
  if (!response) throw new Error('no response');
  t.teardown(() => response.destroy());
  const messages: Message[] = [];
  const pieces: string[] = [];
  response.setEncoding('utf8').on('data', (piece: string) => {
    pieces.push(piece);
    if (!piece.endsWith('\n')) return;
    const whole = pieces.splice(0).join('').split('\n\n');
    pieces.push(whole.pop() ?? '');
    for (const one of whole)
      if (one.startsWith('data: ')) messages.push(JSON.parse(one.slice(6)));
  });
  const ended = new Promise((resolve) => response.on('close', resolve));
  const until = async (what: (messages: readonly Message[]) => boolean) => {
    for (const end = performance.now() + 10_000; !what(messages); await sleep(20))
      if (performance.now() > end)
        throw new Error(`not: ${JSON.stringify(messages).slice(0, 500)}`);
  };
  return { response, messages, ended, until };
}

/** What kinds of messages they are. */
export const types = (messages: readonly Message[]) => messages.map(({ type }) => type);
