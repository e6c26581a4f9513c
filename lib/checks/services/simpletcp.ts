import type {
  Check,
  CheckContext,
  CheckResult,
  CheckTarget,
} from '../../model/check.ts';
import { describe, oneLine } from '../message.ts';
import { piecesOf } from '../pieces.ts';
import { openSocket, peerOf } from '../socket.ts';

/** Each is matched in another thread: a server that sends no end of empty ones must not keep
 *  it busy. */
const MOST_LINES = 10_000;

/** `service = simpletcp`: sends the request without its leading slash, `\n` in it turned into
 *  a line feed, and ends its side. Up when a line that comes back matches receive, or any
 *  comes where there is no receive. Lines are matched with their line feed, as latin1. At most
 *  body-limit bytes and 10,000 lines are looked at. Source: ldirectord(8), observed. */
export const simpletcpCheck: Check = async (target, context) => {
  try {
    const socket = await openSocket(peerOf(target), context.signal);
    socket.end(requestOf(target), 'latin1');
    const bounds = {
      signal: context.signal,
      expected: expectation(target),
      limit: target.bodyLimit,
    };
    return await search(linesOf(piecesOf(socket, bounds)), target, context);
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};

function requestOf({ request }: CheckTarget): string {
  return request.replace(/^\//, '').replaceAll('\\n', '\n');
}

function expectation({ receive }: CheckTarget): string {
  return receive === undefined
    ? 'a line'
    : `a line matching /${oneLine(receive.perl, 80)}/`;
}

async function search(
  lines: AsyncIterable<string>,
  target: CheckTarget,
  { matches }: CheckContext,
): Promise<CheckResult> {
  const { receive } = target;
  const seen = { count: 0, last: '' };
  try {
    for await (const line of lines) {
      if (receive === undefined || (await matches(receive, line)))
        return { up: true, message: `got ${quoted(line)}` };
      seen.count++;
      seen.last = line;
      if (seen.count === MOST_LINES) break;
    }
    throw new Error(
      `expected ${expectation(target)}${seen.count === 0 ? ', but the connection was closed' : ''}`,
    );
  } catch (error) {
    const { count, last } = seen;
    const others = `; got ${count} other${count === 1 ? '' : 's'}, the last ${quoted(last)}`;
    throw new Error(`${describe(error)}${count === 0 ? '' : others}`, { cause: error });
  }
}

/** Lines with their line feed; the last may have none. */
async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let pending = '';
  for await (const piece of pieces) {
    const [first = '', ...more] = piece.split(/(?<=\n)/);
    const lines = [pending + first, ...more];
    pending = piece.endsWith('\n') ? '' : (lines.pop() ?? '');
    yield* lines;
  }
  if (pending !== '') yield pending;
}

function quoted(line: string): string {
  return `"${oneLine(line, 60)}"`;
}
