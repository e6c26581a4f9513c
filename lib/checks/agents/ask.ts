import type { AgentPlan } from '../../model/agent.ts';
import { excerpt } from '../excerpt.ts';
import { openSocket } from '../socket.ts';

/** Longest line, its end apart. */
const LONGEST = 1024;
const EXPECTED = "a line from the agent, as in '75% up'";

/** Asks an agent once, on a connection of its own: what it is to be sent, then its first line, which a
 *  CR or LF ends. Nothing after that is read. Rejects with errno and peer, when the line does not end
 *  within 1 KiB or with the connection, and with the signal's reason; nothing is open afterwards.
 *  @returns the line without its end, as UTF-8 */
export async function askAgent(
  { address: host, port, send }: Pick<AgentPlan, 'address' | 'port' | 'send'>,
  signal: AbortSignal,
): Promise<string> {
  const socket = await openSocket({ host, port }, signal);
  try {
    if (send !== '') socket.write(send, 'latin1');
    return await firstLine(socket);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    socket.destroy();
  }
}

async function firstLine(pieces: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const piece of pieces) {
    text += piece.toString('latin1', 0, LONGEST + 1);
    const end = text.search(/[\r\n]/);
    if (end >= 0 && end <= LONGEST)
      return Buffer.from(text.slice(0, end), 'latin1').toString();
    if (text.length > LONGEST)
      throw new Error(`expected ${EXPECTED}, got ${LONGEST} bytes without its end`);
  }
  const came = text === '' ? 'nothing' : `"${excerpt(text, [], 40)}" without its end`;
  throw new Error(`expected ${EXPECTED}, got ${came}`);
}
