/** What is written to: a terminal. */
export interface Glass {
  /** @returns false where it takes no more for now */
  write(text: string): boolean;
}

/** Source: ctlseqs of xterm; "Synchronized Output" for ?2026, which others leave aside. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
/** What gives the terminal back as it was. */
export const GIVE_BACK = '\u001b[?2026l\u001b[?7h\u001b[?25h\u001b[0m\u001b[?1049l';
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';

export interface TerminalScreen {
  /** Takes the terminal's second screen, empty: the next drawing writes all. */
  enter(): void;
  /** Writes the lines that have changed, at once. */
  draw(lines: readonly string[]): void;
  /** The next drawing writes all. */
  forget(): void;
}

/** A screen that is drawn line by line, without flicker. */
export function createScreen(glass: Glass): TerminalScreen {
  let shown: readonly string[] = [];
  return {
    forget() {
      shown = [];
    },
    enter() {
      shown = [];
      glass.write(ENTER);
    },
    draw(lines) {
      const changed = changes(shown, lines);
      shown = lines;
      if (changed !== '') glass.write(`${BEGIN}${changed}${END}`);
    },
  };
}

/** What turns one picture into the other. */
function changes(before: readonly string[], after: readonly string[]): string {
  const all = before.length !== after.length;
  const erase = all ? '\u001b[2J' : '';
  const lines = after.map((line, at) =>
    // Erased first: behind a full line an erasure would take its last character.
    all || line !== before[at] ? `\u001b[${at + 1};1H\u001b[K${line}` : '',
  );
  return erase + lines.join('');
}
