/** Keys by the names that the view knows; all others are what they print. */
const NAMES: Readonly<Record<string, string>> = {
  '\u001b[A': 'up',
  '\u001bOA': 'up',
  '\u001b[B': 'down',
  '\u001bOB': 'down',
  '\u001b[5~': 'page up',
  '\u001b[6~': 'page down',
  '\u001b[H': 'home',
  '\u001bOH': 'home',
  '\u001b[1~': 'home',
  '\u001b[F': 'end',
  '\u001bOF': 'end',
  '\u001b[4~': 'end',
  '\u001b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'interrupt',
  '\u001a': 'suspend',
  '\u000c': 'redraw',
};

/** An escape sequence, or one character. Source: ECMA-48, 5.4; ctlseqs of xterm. */
const KEY =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /\u001b\[[\d;?]*[ -/]*[@-~]|\u001bO[@-~]|[\s\S]/gu;

/** The keys in what a terminal sent, one by one. Sequences that mean nothing here are left out. */
export function keysOf(text: string): readonly string[] {
  return [...text.matchAll(KEY)].flatMap(([found]) => {
    const name = NAMES[found];
    if (name !== undefined) return [name];
    return found.startsWith('\u001b') || found < ' ' ? [] : [found];
  });
}
