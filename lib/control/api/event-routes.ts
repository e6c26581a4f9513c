import type { EventLog } from '../../director/desk.ts';
import { type Asked, type Route, refused } from '../routes.ts';
import { EVENTS } from './change-shapes.ts';
import { STREAM_TYPE, streamEvents } from './event-stream.ts';
import { readQuery, wholeNumber } from './query.ts';
import { JSON_TYPE, jsonBytes } from './row.ts';

const SINCE = {
  since: wholeNumber(
    { least: 0, most: Number.MAX_SAFE_INTEGER },
    'begins behind that one; 0: with all that are kept',
    42,
  ),
};

/** What happens, as it happens or as a list. */
export function eventRoutes(log: EventLog): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/events',
      summary:
        'what happens, as server-sent events; a list for "accept: application/json"',
      query: SINCE,
      type: JSON_TYPE,
      answer: EVENTS,
      streams: true,
      refusals: [],
      async handler(asked) {
        const since = sinceOf(asked);
        if (wantsList(asked)) return jsonBytes({ events: log.since(since ?? 0) });
        const known = since ?? log.since(0).at(-1)?.id ?? 0;
        return {
          type: STREAM_TYPE,
          begin: (client) => streamEvents(client, log, known),
        };
      },
    },
  ];
}

/** A client that connects again says what it has had last; it may do so with its first query. */
function sinceOf({ query, header }: Asked): number | undefined {
  const { since } = readQuery(SINCE, query);
  const last = header('last-event-id');
  if (last === undefined || last === '') return since;
  const id = SINCE.since.read(last);
  if (id !== undefined) return id;
  throw refused(400, `last-event-id: ${last}: expected the id of an event, as in "42"`);
}

function wantsList({ header }: Asked): boolean {
  const accept = header('accept') ?? '';
  return accept.includes('application/json') && !accept.includes('text/event-stream');
}
