const COMMAND = /((?:\\.|[^;])*)(;?)/gs;
const WORD = /(?:\\.|[^ \t])+/gs;
const ESCAPE = /\\(.)/gs;

/** The commands of a line, each as its words: `;` separates commands, blanks words, and a backslash
 *  takes the sign behind it as it is. A command without a word counts: HAProxy answers it too.
 *  Linear in the line, which the caller bounds. */
export function commandsIn(line: string): readonly (readonly string[])[] {
  const commands: (readonly string[])[] = [];
  for (const [, text = '', end] of line.matchAll(COMMAND)) {
    commands.push((text.match(WORD) ?? []).map((word) => word.replace(ESCAPE, '$1')));
    if (end === '') break;
  }
  return commands;
}
