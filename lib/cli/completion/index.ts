import { EXIT } from '../../instance/launch.ts';
import type { Context } from '../context.ts';
import { printable } from '../show-text.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { live } from './live.ts';
import { offer } from './offer.ts';
import { SCRIPTS, type Shell } from './scripts.ts';

/** `completion SHELL`: its script. `completion SHELL WORDS`: what could stand in the place of the last
 *  word of a command line, as the script asks. */
export async function completion({ line, commands, out }: Context): Promise<number> {
  const [shell = '', ...words] = line.operands;
  if (!isShell(shell))
    throw new WrongUsage(
      `completion ${shell}: expected ${Object.keys(SCRIPTS).join(' or ')}, as in "completion bash"`,
    );
  const current = words.at(-1);
  if (current === undefined) {
    out(SCRIPTS[shell].trimEnd());
    return EXIT.done;
  }
  const { candidates, besides } = await offer(words.slice(0, -1), current, {
    commands,
    live,
  });
  for (const { word, about } of candidates) out(`${word}\t${printable(about)}`);
  if (besides !== undefined) out(`:${besides}`);
  return EXIT.done;
}

function isShell(name: string): name is Shell {
  return Object.hasOwn(SCRIPTS, name);
}
