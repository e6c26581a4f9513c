/** What a director asks of those that its `execute=` lines name. */
export type ChildAction = 'start' | 'stop' | 'reload' | 'status';

/** Shell command that passes an action on. The line's text is taken as it stands, as
 *  ldirectord does: it may hold quotes and options.
 *  @param program  node's arguments up to the options that all directors share */
export function childCommand(
  program: readonly string[],
  child: string,
  action: ChildAction,
): string {
  return [...program.map(quote), child, action].join(' ');
}

/** One word of the shell, whatever it holds. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
