import { CALLS } from '../control/calls.ts';
import { EXIT } from '../instance/launch.ts';
import type { AdminState, RealRef } from '../model/override.ts';
import type { RealStatus, StatusDocument } from '../model/status.ts';
import type { Context } from './context.ts';
import { directorOf } from './director.ts';
import { printable, printableJson } from './show-text.ts';
import { realNamed } from './targets.ts';
import { WrongUsage } from './wrong-usage.ts';

/** `weight REAL [N|file]`: sets it, gives it back to the file, or says what it is. */
export async function weight(context: Context): Promise<number> {
  const [name = '', wanted] = context.line.operands;
  const wish = wanted === undefined ? undefined : { weight: weightOf(wanted) };
  const director = directorOf(context);
  const document = await director.status();
  const ref = realNamed(document, name);
  const real = realOf(document, ref);
  if (wish === undefined) return tell(context, ref, real);
  const changed = await director.ask(CALLS.change(ref, wish));
  warn(context, changed);
  if (context.line.json) return json(context, changed);
  const { configuredWeight } = real;
  const before = changed.before?.weight ?? configuredWeight;
  const after = changed.after?.weight ?? configuredWeight;
  const whose = changed.after?.weight == null ? ', as in the file' : '';
  context.out(`${called(ref)}: weight ${after}${whose} (was ${before})`);
  return EXIT.done;
}

/** `enable REAL`: what file and checks say holds again; a weight that was set stays. */
export const enable = (context: Context) => take(context, 'ready');

/** `disable REAL`: maintenance, whatever its checks say. */
export const disable = (context: Context) => take(context, 'maintenance');

async function take(context: Context, state: AdminState): Promise<number> {
  const [name = ''] = context.line.operands;
  const director = directorOf(context);
  const ref = realNamed(await director.status(), name);
  const changed = await director.ask(CALLS.change(ref, { state }));
  warn(context, changed);
  if (context.line.json) return json(context, changed);
  const was = changed.before?.state ?? 'ready';
  const kept = changed.after?.weight ?? undefined;
  const weight = kept === undefined ? '' : `; its weight stays ${kept}`;
  context.out(`${called(ref)}: ${state} (was ${was})${weight}`);
  return EXIT.done;
}

/** On stderr, that what was done would not outlive the director. */
export function warn(
  { err }: Context,
  { warning }: { readonly warning?: string },
): void {
  if (warning !== undefined) err(printable(`Warning: ${warning}`));
}

/** A real server as answers call it. */
export function called({ service, real }: RealRef): string {
  return printable(`${real} in ${service}`);
}

function tell({ line, out }: Context, ref: RealRef, real: RealStatus): number {
  const { weight: inForce, configuredWeight, override } = real;
  const set = override?.weight ?? null;
  if (line.json)
    out(printableJson({ ...ref, weight: inForce, configuredWeight, override }));
  else {
    const by =
      set === null ? '' : `, set to ${set} by ${printable(override?.by ?? '')}`;
    out(`${called(ref)}: weight ${inForce}, in the file ${configuredWeight}${by}`);
  }
  return EXIT.done;
}

function json({ out }: Context, answer: object): number {
  out(printableJson(answer));
  return EXIT.done;
}

/** @returns null for the file's */
function weightOf(text: string): number | null {
  if (text === 'file') return null;
  const number = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (number <= 65_535) return number;
  throw new WrongUsage(
    `weight ${text}: expected a whole number, 0 to 65535, or file, as in "5"`,
  );
}

function realOf({ services }: StatusDocument, ref: RealRef): RealStatus {
  const service = services.find(({ id }) => id === ref.service);
  const real = service?.reals.find(({ id }) => id === ref.real);
  if (real === undefined) throw new Error(`no real server ${ref.real}`);
  return real;
}
