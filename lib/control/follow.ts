import type { IncomingMessage } from 'node:http';
import type { DirectorEvent } from '../model/event.ts';
import { EVENT } from './api/change-shapes.ts';
import { open, textOf } from './client.ts';
import { isExpected } from './expected.ts';
import { explain, Refused, refused } from './no-answer.ts';

/** A director says something every 10 s. */
const SILENCE_MS = 25_000;
const ANSWER_MS = 5_000;
const LONGEST_LINE = 1 << 20;

/** What happens at a director, as it happens, until the signal ends it.
 *  @param since  id of the last event known: begins behind it; 0: with all that are kept;
 *                undefined: from now on
 *  @throws  Refused, or Error in words for the operator: no director, or it is gone */
export async function* follow(
  socketPath: string,
  since: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<DirectorEvent, void, undefined> {
  try {
    const response = await listen(socketPath, since, signal);
    for await (const line of linesOf(response)) {
      const event = eventOf(line);
      if (event) yield event;
    }
    throw new Error('the director has ended the connection');
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Refused) throw error;
    throw new Error(explain(error, socketPath, ANSWER_MS), { cause: error });
  }
}

/** Asks for the stream; the signal ends it, the time-out only the wait for its beginning. */
async function listen(
  socketPath: string,
  since: number | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new DOMException('late', 'TimeoutError')),
    ANSWER_MS,
  );
  try {
    const path = since === undefined ? '/v1/events' : `/v1/events?since=${since}`;
    const response = await open(
      socketPath,
      { method: 'GET', path },
      AbortSignal.any([signal, late.signal]),
      { accept: 'text/event-stream' },
    );
    if (response.statusCode === 200) return response;
    throw refused(response.statusCode, await textOf(response));
  } finally {
    clearTimeout(timer);
  }
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of piecesOf(response)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new Error('an event is longer than 1 MiB');
    yield* lines;
  }
}

/** What comes, as long as it does; a director in silence is gone. Nothing is counted while the one
 *  who reads is busy. */
async function* piecesOf(response: IncomingMessage): AsyncGenerator<string> {
  const pieces: AsyncIterator<string> = response
    .setEncoding('utf8')
    [Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(
        () => response.destroy(new Error(`silent for ${SILENCE_MS / 1000} s`)),
        SILENCE_MS,
      );
      const next = await pieces.next().finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value;
    }
  } finally {
    response.destroy();
  }
}

/** A director's events are one line of JSON each; all other lines say nothing more. */
function eventOf(line: string): DirectorEvent | undefined {
  if (!line.startsWith('data:')) return undefined;
  const found: unknown = JSON.parse(line.slice('data:'.length));
  return isEvent(found) ? found : undefined;
}

function isEvent(found: unknown): found is DirectorEvent {
  return isExpected({ form: EVENT, needs: ['id', 'at', 'type'] }, found);
}
