/** Who or what ended a connection before both sides had sent all they wanted to. */
export type Ender =
  | 'client'
  | 'server'
  | 'client-silent'
  | 'server-silent'
  /** This host lacks something: descriptors, source ports, a place among the connections. */
  | 'resources'
  /** A rule of the config does not let it in. */
  | 'rule'
  /** The server left the table, as one that is down does with `quiescent = no`. */
  | 'down'
  | 'killed'
  /** It did not begin with the header that it had to begin with, or not in time. */
  | 'header'
  | 'header-silent';

/** The first letter of HAProxy's two. Source: its configuration manual, "Session state at
 *  disconnection". */
const WHO: Readonly<Record<Ender, string>> = {
  client: 'C',
  server: 'S',
  'client-silent': 'c',
  'server-silent': 's',
  resources: 'R',
  rule: 'P',
  down: 'D',
  killed: 'K',
  header: 'P',
  'header-silent': 'c',
};
/** HAProxy 2.6 does not say when for these (observed). */
const ANY_TIME: ReadonlySet<Ender> = new Set(['down', 'killed']);
/** These came while what clients send first was waited for. */
const AT_FIRST: ReadonlySet<Ender> = new Set(['header', 'header-silent']);

/** How far a connection got: it waited for a place, for a server to take it, or was open. */
export type Phase = 'queue' | 'connect' | 'data';

/** The second letter. */
const WHEN: Readonly<Record<Phase, string>> = { queue: 'Q', connect: 'C', data: 'D' };

/** The two letters, as HAProxy 2.6 prints them.
 *  @param ender  undefined: both sides ended it */
export function terminationCode(ender: Ender | undefined, phase: Phase): string {
  if (ender === undefined) return '--';
  if (ender === 'rule') return 'PR'; // as tcp-request content reject does
  if (ANY_TIME.has(ender)) return `${WHO[ender]}-`;
  if (AT_FIRST.has(ender)) return `${WHO[ender]}R`;
  return WHO[ender] + WHEN[phase];
}
