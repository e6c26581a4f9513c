import { ALERTS } from './directives/alerts.ts';
import { BALANCING } from './directives/balancing.ts';
import { CHECKING } from './directives/checking.ts';
import { DAEMON } from './directives/daemon.ts';
import type { Directive } from './directives/directive.ts';
import { TIMING } from './directives/timing.ts';

/** Every directive of ldirectord.cf but `virtual` and `virtual6`, which open a section. Parser,
 *  hints and manual come from here. */
export const DIRECTIVES = {
  ...BALANCING,
  ...TIMING,
  ...CHECKING,
  ...ALERTS,
  ...DAEMON,
} as const satisfies Record<string, Directive<unknown>>;

export type DirectiveName = keyof typeof DIRECTIVES;
export type DirectiveValue<N extends DirectiveName> = ReturnType<
  (typeof DIRECTIVES)[N]['parse']
>;

/** Names that ldirectord knows and refuses, with what to write instead. */
export const RETIRED: ReadonlyMap<string, string> = new Map([
  ['timeout', 'checktimeout and negotiatetimeout'],
  ['connecttimeout', 'negotiatetimeout'],
]);

/** The row of a name; undefined when there is none of that name in that place. */
export function directiveNamed(
  name: string,
  place: 'global' | 'section',
): Directive<unknown> | undefined {
  if (!Object.hasOwn(DIRECTIVES, name)) return undefined;
  const row: Directive<unknown> = DIRECTIVES[name as DirectiveName];
  return row.scope === 'both' || row.scope === place ? row : undefined;
}

/** Names that may stand in that place, `virtual` included. */
export function namesIn(place: 'global' | 'section'): readonly string[] {
  const names = Object.keys(DIRECTIVES).filter((name) => directiveNamed(name, place));
  return place === 'global' ? [...names, 'virtual', 'virtual6'] : names;
}
