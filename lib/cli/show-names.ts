import type { NameStatus } from '../model/name-status.ts';
import type { StatusDocument } from '../model/status.ts';
import { humanSpan, type Paint, printable } from './show-text.ts';

/** Whom real servers come from by name, and how long that holds; nothing where there are none. */
export function nameLines(
  { names }: Pick<StatusDocument, 'names'>,
  paint: Paint,
): readonly string[] {
  return names.length === 0 ? [] : ['', ...names.map((name) => nameLine(name, paint))];
}

function nameLine(status: NameStatus, paint: Paint): string {
  const { name, type, records, missing, nextSeconds, problem } = status;
  const next =
    nextSeconds === 0 ? 'being asked' : `asked again in ${humanSpan(nextSeconds)}`;
  const words = [
    `${records.length} ${type === 'SRV' ? 'targets' : 'addresses'}`,
    ...(missing.length > 0 ? [`${missing.length} not named any more`] : []),
    next,
  ];
  const told = problem === null ? '' : `: ${paint('yellow', printable(problem))}`;
  return `name ${paint('bold', printable(name))} ${type}: ${words.join(', ')}${told}`;
}
