/** Who or what ended a connection before both sides had sent all they wanted to. */
export type Ender =
  | 'client'
  | 'server'
  | 'client-silent'
  | 'server-silent'
  /** This host lacks something: descriptors, source ports, a place among the connections. */
  | 'resources'
  /** The server left the table, as one that is down does with `quiescent = no`. */
  | 'down'
  /** By max-age or rebalance. */
  | 'retired'
  | 'killed';

/** The first letter of HAProxy's two. Source: its configuration manual, "Session state at
 *  disconnection". */
const WHO: Readonly<Record<Ender, string>> = {
  client: 'C',
  server: 'S',
  'client-silent': 'c',
  'server-silent': 's',
  resources: 'R',
  down: 'D',
  retired: 'P',
  killed: 'K',
};
/** HAProxy 2.6 does not say when for these (observed). */
const ANY_TIME: ReadonlySet<Ender> = new Set(['down', 'killed']);

/** The two letters, as HAProxy 2.6 prints them.
 *  @param ender      undefined: both sides ended it
 *  @param connected  a server had taken the connection */
export function terminationCode(ender: Ender | undefined, connected: boolean): string {
  if (ender === undefined) return '--';
  if (ANY_TIME.has(ender)) return `${WHO[ender]}-`;
  return WHO[ender] + (connected ? 'D' : 'C');
}
