import { runChild, wordsOf } from '../../child.ts';
import { lineCutter } from '../../lines.ts';
import { type Flow, flowEvent } from '../picking/conntrack-line.ts';

/** It goes through all that the kernel tracks. */
const LIST_MS = 30_000;
/** A million flows of IPv6 are 350 MB; it is never held. */
const OUTPUT_LIMIT = 2 ** 30;
const LONGEST_LINE = 1024;
const NONE = /\b0 flow entries have been deleted/;

/** Runs conntrack, and hears of the flows that it prints as they come, some milliseconds at a time.
 *  @param command  the program, and words before it; it is to print `-o id`
 *  @throws Error   in words for the operator, or the signal's reason */
export async function flowsOf(
  command: readonly string[],
  hear: (flow: Flow, line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const [program = '', ...words] = command;
  const cut = lineCutter(
    LONGEST_LINE,
    (line) => {
      const flow = flowEvent(line)?.flow;
      if (flow) hear(flow, line);
    },
    () => {},
  );
  const how = { input: '', ms: LIST_MS, outputLimit: OUTPUT_LIMIT, hear: cut, signal };
  const ended = await runChild(program, words, how);
  // It exits with 1 when it found nothing to delete.
  if (ended.how === 'exit' && (ended.status === 0 || NONE.test(ended.stderr))) return;
  const why = wordsOf(ended).split('\n').at(-1);
  throw new Error(
    `connections cannot be listed (conntrack: ${why}): it takes the program conntrack, "apt-get install conntrack"`,
  );
}
