import { CALLS } from '../control/calls.ts';
import { Refused } from '../control/client.ts';
import { EXIT } from '../instance/launch.ts';
import { READY_OF } from '../model/readiness.ts';
import type { Context } from './context.ts';
import { directorOf, reasonOf, WrongUsage } from './director.ts';
import { printable } from './show-text.ts';
import { timeOf } from './time-text.ts';

/** One that is so busy that it says nothing for a second serves nobody well. */
const TIMEOUT = '1s';

/** `ready [director]`: exit code 0 when clients would be served here, 1 when not, be it that there is no
 *  director. Says how it is in one line, and reads no config: engines of high availability ask every second. */
export async function ready(context: Context): Promise<number> {
  const [name = 'services'] = context.line.operands;
  const of = READY_OF.find((known) => known === name);
  if (of === undefined)
    throw new WrongUsage(`ready ${name}: expected ready, or ready director`);
  const timeoutMs = timeOf('timeout', context.line.timeout ?? TIMEOUT);
  const director = directorOf(context);
  try {
    const { words } = await director.ask(CALLS.ready(of), { timeoutMs });
    context.out(printable(`ready: ${words}`));
    return EXIT.done;
  } catch (error) {
    const why =
      error instanceof Refused ? error.message : reasonOf(error, director.socket);
    context.out(printable(`not ready: ${why}`));
    return EXIT.failed;
  }
}
