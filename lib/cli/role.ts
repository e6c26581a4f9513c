import { CALLS } from '../control/calls.ts';
import { EXIT } from '../instance/launch.ts';
import { ROLES } from '../model/role.ts';
import type { Context } from './context.ts';
import { directorOf } from './director.ts';
import { printable, printableJson } from './show-text.ts';
import { WrongUsage } from './wrong-usage.ts';

/** As long as `role-command` may take, and some seconds more; one that ran before it is waited for too. */
const PATIENCE_MS = 65_000;

/** `role [active|standby]`: says it, or takes it. Fails where `role-command` does: the role is taken all the
 *  same. */
export async function role(context: Context): Promise<number> {
  const [name] = context.line.operands;
  const wanted = ROLES.find((known) => known === name);
  if (name !== undefined && wanted === undefined)
    throw new WrongUsage(`role ${name}: expected ${ROLES.join(' or ')}`);
  const director = directorOf(context);
  if (wanted === undefined) {
    const known = await director.ask(CALLS.role());
    const told = known.by === null ? '' : `, told by ${known.by} at ${known.since}`;
    say(context, known, `${known.role}${told}`);
    return EXIT.done;
  }
  const taken = await director.ask(CALLS.takeRole(wanted), { timeoutMs: PATIENCE_MS });
  say(context, taken, `${taken.role} (was ${taken.before})`);
  if (taken.problem === null) return EXIT.done;
  context.err(printable(taken.problem));
  return EXIT.failed;
}

function say({ line, out }: Context, answer: object, words: string): void {
  out(line.json ? printableJson(answer) : printable(words));
}
