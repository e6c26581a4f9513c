import type { Showing } from './service-view.ts';
import { type KnownReal, type KnownService, needsAttention } from './state.ts';
import { stateOf, wordOf } from './words.ts';

/** What somebody wants to see. */
export interface Filter {
  /** In lower case; empty: everything. */
  readonly text: string;
  /** Only what is not as it should be. */
  readonly attention: boolean;
}

/** What of a service fits; undefined: nothing.
 *  @param open  whether it is open when it is not searched in */
export function showingOf(
  service: KnownService,
  { text, attention }: Filter,
  open: boolean,
): Showing | undefined {
  const { status, reals } = service;
  const whole =
    (text === '' || serviceText(service).includes(text)) &&
    (!attention || !['up'].includes(status.state) || status.problem !== null);
  if (whole && !attention) return { reals: undefined, open };
  const found = new Set<string>();
  for (const [id, real] of reals)
    if (fits(real, service, text, attention)) found.add(id);
  if (found.size > 0) return { reals: found, open: open || text !== '' || attention };
  return whole ? { reals: undefined, open } : undefined;
}

function fits(
  real: KnownReal,
  service: KnownService,
  text: string,
  attention: boolean,
): boolean {
  if (attention && !needsAttention(real)) return false;
  const { status } = real;
  const own = `${status.id} ${wordOf(stateOf(status))} ${status.override?.state ?? ''}`;
  return text === '' || own.includes(text) || serviceText(service).includes(text);
}

function serviceText({ status }: KnownService): string {
  return `${status.id} ${wordOf(status.state)} ${status.scheduler} ${status.engine}`;
}
